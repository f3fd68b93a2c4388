// Public API in a browser: open a switch in a page or a worker, plug machines, tabs and peers into it, run its console.

export { Console } from "../host/console/console.js";
export { runScript } from "../host/console/script.js";
export { type Counters, DROP_REASONS } from "../host/counters.js";
export { ERRORS, type ErrorCode, SwitchError } from "../host/errors.js";
export type { Address } from "../host/fdb.js";
export { type Clock, type Frame, type Link, linkPair, type Transport, type Wire } from "../host/link.js";
export type { Plugin, PluginContext } from "../host/plugin.js";
export type { Endpoint, Identity, Port } from "../host/ports.js";
export { Switch, type SwitchOptions } from "../host/switch.js";
export type { Member } from "../host/vlans.js";
export { type CaptureOptions, type PageCapture, startCapture } from "./capture.js";
export { browserClock } from "./clock.js";
export { type ConsoleOptions, openConsole, type PageConsole } from "./console.js";
export { borrow, type Handle } from "./lend.js";
export { emulator, type Machine, type MachineLink, type MachineOptions, type Pace } from "./machine.js";
export { type LentPort, type OpenOptions, openSwitch, PageSwitch } from "./open.js";
export { type PageSystemOptions, pageSystem } from "./system.js";
export { broadcastChannel } from "./transports/broadcast.js";
export { CABLE, dataChannel } from "./transports/data-channel.js";
export { inBrowser } from "./transports/inbrowser.js";
export { messagePort } from "./transports/message-port.js";
export { broadcastSignalling, type Signal, type Signalling, webSocketSignalling } from "./transports/signalling.js";
export { type WebRtcOptions, webRtc } from "./transports/web-rtc.js";
export { dialWebSocket, type WebSocketOptions } from "./transports/websocket.js";
export { type V86, type V86Options, v86 } from "./v86.js";
