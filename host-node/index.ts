// Public API on Node: open a switch, plug links into it, serve plugs and managers. See README.md for an example.

export { Console } from "../host/console/console.js";
export { runScript } from "../host/console/script.js";
export { type Counters, DROP_REASONS } from "../host/counters.js";
export { ERRORS, type ErrorCode, SwitchError } from "../host/errors.js";
export type { Address } from "../host/fdb.js";
export { type Clock, type Frame, type Link, linkPair, type Transport, type Wire } from "../host/link.js";
export type { Plugin, PluginContext } from "../host/plugin.js";
export type { Endpoint, Identity, Port } from "../host/ports.js";
export { type ReconnectOptions, reconnecting } from "../host/reconnect.js";
export { Switch, type SwitchOptions } from "../host/switch.js";
export type { System } from "../host/system.js";
export type { Member } from "../host/vlans.js";
export { nodeClock } from "./clock.js";
export { type OpenOptions, OpenSwitch, openSwitch } from "./open.js";
export { type ConsoleServer, serveConsole, stdinConsole } from "./servers/console.js";
export { serveVde, type VdeOptions, type VdeServer } from "./servers/vde.js";
export type { WebSocketOptions } from "./servers/websocket/options.js";
export { serveWebSocket, type WebSocketService } from "./servers/websocket/server.js";
export { signalling } from "./servers/websocket/signalling.js";
export { readTokens, signToken, type Tokens } from "./servers/websocket/tokens.js";
export { nodeSystem } from "./system.js";
export { transports } from "./transports/index.js";
export { type PlugLinkOptions, plugLink } from "./transports/plug-link.js";
export { attachTap } from "./transports/tap.js";
export { dialWebSocket } from "./transports/websocket.js";
export { VERSION } from "./version.js";
