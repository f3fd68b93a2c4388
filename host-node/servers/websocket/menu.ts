// What a manager may see and do of WebSockets: the menu ws of the console.

import { command, listing, type Menu, type Table } from "../../../host/console/command.js";
import { decimal, offering, optional } from "../../../host/console/kinds.js";
import { four } from "../../../host/console/text.js";
import type { Client } from "./client.js";
import type { Seat, WebSocketService } from "./server.js";

const ports = (service: WebSocketService) => service.list().map(({ endpoint }) => String(endpoint.port));
const there = offering(decimal("N"), ports);

export const webSocketMenu: Menu<WebSocketService> = {
  name: "ws",
  title: "WEBSOCKET MENU",
  commands: [
    listing("ws/showinfo", [], "show where it is served, and to how many", showInfo),
    listing(
      "ws/print",
      [optional(there)],
      "print the clients (of port N), with their counters",
      function* (service, only) {
        for (const seat of service.list()) if (only === undefined || only === seat.endpoint.port) yield* lines(seat);
      },
      clientTable,
    ),
    listing("ws/rooms", [], "print the rooms that somebody is in", rooms, roomTable),
    command("ws/close", [there], "shut the WebSocket in port N", (service, port) => service.drop(port)),
  ],
};

function* showInfo(service: WebSocketService): Generator<string> {
  const clients = service.list();
  yield `url=${service.url}`;
  yield `clients=${clients.length}`;
  yield `turnedaway=${service.turnedAway}`;
  yield `waiting=${service.waiting} octets`;
}

function* rooms(service: WebSocketService): Generator<string> {
  const all = new Set(service.list().map(({ room }) => room));
  for (const { name, place, clients } of all) {
    const where = place === "trunk" ? "every VLAN" : `VLAN ${four(place)}`;
    yield `Room ${name || "-"} ${where} ${clients.size} clients`;
  }
}

function roomTable(service: WebSocketService): Table {
  const all = [...new Set(service.list().map(({ room }) => room))];
  return {
    head: ["ROOM", "VLAN", "CLIENTS"],
    none: "nobody is in a room",
    rows: all.map(({ name, place, clients }) => [name || "-", place === "trunk" ? "all" : place, clients.size]),
  };
}

function clientTable(service: WebSocketService, only: number | undefined): Table {
  const seats = service.list().filter(({ endpoint }) => only === undefined || only === endpoint.port);
  return {
    head: ["PORT", "CLIENT", "ROOM", "PROTOCOL", "FRAMES IN", "REFUSED", "FRAMES OUT", "LOST", "WAITING"],
    none: "no WebSocket is connected",
    rows: seats.map(({ client, room, endpoint }) => {
      const { name, coding, frames, sent, lost, waiting } = client;
      return [endpoint.port, name, room.name, coding.protocol || "raw", frames, refusals(client), sent, lost, waiting];
    }),
  };
}

function* lines({ client, room, endpoint }: Seat): Generator<string> {
  const { protocol } = client.coding;
  const room_ = room.name === "" ? "" : ` room ${room.name}`;
  yield `Port ${four(endpoint.port)} ${client.name}${room_} protocol ${protocol || "raw"}`;
  yield `  IN:  frames ${client.frames} octets ${client.octets} refused ${refusals(client)}`;
  yield `  OUT: frames ${client.sent} lost ${client.lost} waiting ${client.waiting} octets`;
}

function refusals({ refused: { rate, macs, size }, unfit }: Client): string {
  return `rate ${rate} macs ${macs} size ${size} unfit ${unfit}`;
}
