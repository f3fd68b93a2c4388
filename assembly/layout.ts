// The memory map as classes. Nothing here is ever allocated or freed: `changetype<Port>(address)` gives an address a
// shape, and compiles to nothing.

import * as abi from "./abi";

/** One entry of the port table. What each field means, and who writes it, stands in abi.ts. */
@unmanaged
export class Port {
  state: u8;
  trunk: u8;
  pvid: u16;
  endpoint: u16;
  endpointCount: u16;
  fdbCount: u32;
  fdbLimit: u32;
  fdbNewest: u32;
  fdbOldest: u32;
  rxFrames: u64;
  rxOctets: u64;
  txFrames: u64;
  txOctets: u64;
}

/** A path for frames that is plugged into a port. */
@unmanaged
export class Endpoint {
  kind: u8;
  waiting: u8;
  dirty: u8;
  broken: u8;
  port: u16;
  next: u16;
  fd: i32;
  link: u32;
  head: u32;
  tail: u32;
  limit: u32;
  seenHead: u32;
  sent: u64;
  dropped: u64;
  large: u32;
  held: u32;
  heldFrames: u32;
  reserved: u32;
}

/** What the core knows of the frame in a slot. */
@unmanaged
export class Head {
  references: u16;
  arrived: u8;
  innerTag: u8;
  frameSize: u32;
  tag: u32;
  next: u16;
  offload: u8;
  isGrowing: u8;
  vnetFlags: u8;
  vnetSegmentKind: u8;
  vnetHeadersSize: u16;
  vnetSegmentSize: u16;
  vnetChecksumStart: u16;
  vnetChecksumOffset: u16;
  reserved1: u16;
  reserved2: u32;
}

/** One address in the forwarding database. */
@unmanaged
export class Address {
  key: u64;
  seenMs: u32;
  port: u16;
  reserved: u16;
  newer: u32;
  older: u32;
}

/** Settings, and the core's own few numbers. */
@unmanaged
export class Config {
  base: u64;
  hashKey: u64;
  hashKey1: u64;
  expireMs: u32;
  persistMs: u32;
  fdbLimit: u32;
  fdbCount: u32;
  frameMax: u32;
  queueLimit: u32;
  hub: u8;
  transparent: u8;
  watch: u8;
  capture: u8;
  fstp: u8;
  reserved: u8;
  priority: u16;
  mac: u64;
  asleep: u32;
  slotsFree: u32;
  slotNext: u32;
  dirtyCount: u32;
  words: u32;
  heaviest: u32;
  addressNext: u32;
  gcMs: u32;
  gcNextMs: u32;
  linkCount: u32;
  epochMs: f64;
  nowMs: u32;
  told: u32;
  stop: u32;
  largeFree: u32;
  largeNext: u32;
  tapSlot: u32;
  segmentCount: u32;
  callState: u32;
  callNumber: u32;
  callResult: i32;
  callArguments: u64;
  callArguments2: u64;
  callArguments4: u64;
  helloS: u8;
  maxAgeS: u8;
  forwardDelayS: u8;
  txHold: u8;
  stpOnly: u8;
  tickSoon: u32;
  held: u32;
  beat: u32;
  doing: u32;
  thread: u32;
  linkMax: u32;
}

/** The settings of this switch. */
export function config(): Config {
  return changetype<Config>(abi.CONFIG);
}

export function port(id: u32): Port {
  return changetype<Port>(abi.PORTS + id * abi.PORT_SIZE);
}

// These classes and abi.ts must agree. asc evaluates each condition as it compiles, and stops the build.
if (offsetof<Port>("state") != abi.PORT_STATE) ERROR("PORT_STATE");
if (offsetof<Port>("trunk") != abi.PORT_TRUNK) ERROR("PORT_TRUNK");
if (offsetof<Port>("pvid") != abi.PORT_PVID) ERROR("PORT_PVID");
if (offsetof<Port>("endpoint") != abi.PORT_ENDPOINT) ERROR("PORT_ENDPOINT");
if (offsetof<Port>("endpointCount") != abi.PORT_ENDPOINT_COUNT) ERROR("PORT_ENDPOINT_COUNT");
if (offsetof<Port>("fdbCount") != abi.PORT_FDB_COUNT) ERROR("PORT_FDB_COUNT");
if (offsetof<Port>("fdbLimit") != abi.PORT_FDB_LIMIT) ERROR("PORT_FDB_LIMIT");
if (offsetof<Port>("fdbNewest") != abi.PORT_FDB_NEWEST) ERROR("PORT_FDB_NEWEST");
if (offsetof<Port>("fdbOldest") != abi.PORT_FDB_OLDEST) ERROR("PORT_FDB_OLDEST");
if (offsetof<Port>("rxFrames") != abi.PORT_RX_FRAMES) ERROR("PORT_RX_FRAMES");
if (offsetof<Port>("rxOctets") != abi.PORT_RX_OCTETS) ERROR("PORT_RX_OCTETS");
if (offsetof<Port>("txFrames") != abi.PORT_TX_FRAMES) ERROR("PORT_TX_FRAMES");
if (offsetof<Port>("txOctets") != abi.PORT_TX_OCTETS) ERROR("PORT_TX_OCTETS");
if (offsetof<Port>() != abi.PORT_DROPS) ERROR("PORT_DROPS");
if (offsetof<Endpoint>("kind") != abi.ENDPOINT_KIND) ERROR("ENDPOINT_KIND");
if (offsetof<Endpoint>("waiting") != abi.ENDPOINT_WAITING) ERROR("ENDPOINT_WAITING");
if (offsetof<Endpoint>("dirty") != abi.ENDPOINT_DIRTY) ERROR("ENDPOINT_DIRTY");
if (offsetof<Endpoint>("broken") != abi.ENDPOINT_BROKEN) ERROR("ENDPOINT_BROKEN");
if (offsetof<Endpoint>("port") != abi.ENDPOINT_PORT) ERROR("ENDPOINT_PORT");
if (offsetof<Endpoint>("next") != abi.ENDPOINT_NEXT) ERROR("ENDPOINT_NEXT");
if (offsetof<Endpoint>("fd") != abi.ENDPOINT_FD) ERROR("ENDPOINT_FD");
if (offsetof<Endpoint>("link") != abi.ENDPOINT_LINK) ERROR("ENDPOINT_LINK");
if (offsetof<Endpoint>("head") != abi.ENDPOINT_HEAD) ERROR("ENDPOINT_HEAD");
if (offsetof<Endpoint>("tail") != abi.ENDPOINT_TAIL) ERROR("ENDPOINT_TAIL");
if (offsetof<Endpoint>("limit") != abi.ENDPOINT_LIMIT) ERROR("ENDPOINT_LIMIT");
if (offsetof<Endpoint>("seenHead") != abi.ENDPOINT_SEEN_HEAD) ERROR("ENDPOINT_SEEN_HEAD");
if (offsetof<Endpoint>("sent") != abi.ENDPOINT_SENT) ERROR("ENDPOINT_SENT");
if (offsetof<Endpoint>("dropped") != abi.ENDPOINT_DROPPED) ERROR("ENDPOINT_DROPPED");
if (offsetof<Endpoint>("large") != abi.ENDPOINT_LARGE) ERROR("ENDPOINT_LARGE");
if (offsetof<Endpoint>("held") != abi.ENDPOINT_HELD) ERROR("ENDPOINT_HELD");
if (offsetof<Endpoint>("heldFrames") != abi.ENDPOINT_HELD_FRAMES) ERROR("ENDPOINT_HELD_FRAMES");
if (offsetof<Endpoint>() != abi.ENDPOINT_SIZE) ERROR("ENDPOINT_SIZE");
if (offsetof<Head>("references") != abi.HEAD_REFERENCES) ERROR("HEAD_REFERENCES");
if (offsetof<Head>("arrived") != abi.HEAD_ARRIVED) ERROR("HEAD_ARRIVED");
if (offsetof<Head>("innerTag") != abi.HEAD_INNER_TAG) ERROR("HEAD_INNER_TAG");
if (offsetof<Head>("frameSize") != abi.HEAD_FRAME_SIZE) ERROR("HEAD_FRAME_SIZE");
if (offsetof<Head>("tag") != abi.HEAD_TAG) ERROR("HEAD_TAG");
if (offsetof<Head>("next") != abi.HEAD_NEXT) ERROR("HEAD_NEXT");
if (offsetof<Head>("offload") != abi.HEAD_OFFLOAD) ERROR("HEAD_OFFLOAD");
if (offsetof<Head>("isGrowing") != abi.HEAD_IS_GROWING) ERROR("HEAD_IS_GROWING");
if (offsetof<Head>("vnetFlags") != abi.HEAD_VNET + abi.VNET_FLAGS) ERROR("VNET_FLAGS");
if (offsetof<Head>("vnetSegmentKind") != abi.HEAD_VNET + abi.VNET_SEGMENT_KIND) ERROR("VNET_SEGMENT_KIND");
if (offsetof<Head>("vnetHeadersSize") != abi.HEAD_VNET + abi.VNET_HEADERS_SIZE) ERROR("VNET_HEADERS_SIZE");
if (offsetof<Head>("vnetSegmentSize") != abi.HEAD_VNET + abi.VNET_SEGMENT_SIZE) ERROR("VNET_SEGMENT_SIZE");
if (offsetof<Head>("vnetChecksumStart") != abi.HEAD_VNET + abi.VNET_CHECKSUM_START) ERROR("VNET_CHECKSUM_START");
if (offsetof<Head>("vnetChecksumOffset") != abi.HEAD_VNET + abi.VNET_CHECKSUM_OFFSET) ERROR("VNET_CHECKSUM_OFFSET");
if (offsetof<Head>() != abi.HEAD_SIZE) ERROR("HEAD_SIZE");
if (offsetof<Address>("key") != abi.ADDRESS_KEY) ERROR("ADDRESS_KEY");
if (offsetof<Address>("seenMs") != abi.ADDRESS_SEEN_MS) ERROR("ADDRESS_SEEN_MS");
if (offsetof<Address>("port") != abi.ADDRESS_PORT) ERROR("ADDRESS_PORT");
if (offsetof<Address>("newer") != abi.ADDRESS_NEWER) ERROR("ADDRESS_NEWER");
if (offsetof<Address>("older") != abi.ADDRESS_OLDER) ERROR("ADDRESS_OLDER");
if (offsetof<Address>() != abi.ADDRESS_SIZE) ERROR("ADDRESS_SIZE");
if (offsetof<Config>("base") != abi.CONFIG_BASE) ERROR("CONFIG_BASE");
if (offsetof<Config>("hashKey") != abi.CONFIG_HASH_KEY) ERROR("CONFIG_HASH_KEY");
if (offsetof<Config>("expireMs") != abi.CONFIG_EXPIRE_MS) ERROR("CONFIG_EXPIRE_MS");
if (offsetof<Config>("persistMs") != abi.CONFIG_PERSIST_MS) ERROR("CONFIG_PERSIST_MS");
if (offsetof<Config>("fdbLimit") != abi.CONFIG_FDB_LIMIT) ERROR("CONFIG_FDB_LIMIT");
if (offsetof<Config>("fdbCount") != abi.CONFIG_FDB_COUNT) ERROR("CONFIG_FDB_COUNT");
if (offsetof<Config>("frameMax") != abi.CONFIG_FRAME_MAX) ERROR("CONFIG_FRAME_MAX");
if (offsetof<Config>("queueLimit") != abi.CONFIG_QUEUE_LIMIT) ERROR("CONFIG_QUEUE_LIMIT");
if (offsetof<Config>("hub") != abi.CONFIG_HUB) ERROR("CONFIG_HUB");
if (offsetof<Config>("transparent") != abi.CONFIG_TRANSPARENT) ERROR("CONFIG_TRANSPARENT");
if (offsetof<Config>("watch") != abi.CONFIG_WATCH) ERROR("CONFIG_WATCH");
if (offsetof<Config>("capture") != abi.CONFIG_CAPTURE) ERROR("CONFIG_CAPTURE");
if (offsetof<Config>("fstp") != abi.CONFIG_FSTP) ERROR("CONFIG_FSTP");
if (offsetof<Config>("priority") != abi.CONFIG_PRIORITY) ERROR("CONFIG_PRIORITY");
if (offsetof<Config>("mac") != abi.CONFIG_MAC) ERROR("CONFIG_MAC");
if (offsetof<Config>("asleep") != abi.CONFIG_ASLEEP) ERROR("CONFIG_ASLEEP");
if (offsetof<Config>("slotsFree") != abi.CONFIG_SLOTS_FREE) ERROR("CONFIG_SLOTS_FREE");
if (offsetof<Config>("slotNext") != abi.CONFIG_SLOT_NEXT) ERROR("CONFIG_SLOT_NEXT");
if (offsetof<Config>("dirtyCount") != abi.CONFIG_DIRTY_COUNT) ERROR("CONFIG_DIRTY_COUNT");
if (offsetof<Config>("words") != abi.CONFIG_WORDS) ERROR("CONFIG_WORDS");
if (offsetof<Config>("heaviest") != abi.CONFIG_HEAVIEST) ERROR("CONFIG_HEAVIEST");
if (offsetof<Config>("addressNext") != abi.CONFIG_ADDRESS_NEXT) ERROR("CONFIG_ADDRESS_NEXT");
if (offsetof<Config>("gcMs") != abi.CONFIG_GC_MS) ERROR("CONFIG_GC_MS");
if (offsetof<Config>("gcNextMs") != abi.CONFIG_GC_NEXT_MS) ERROR("CONFIG_GC_NEXT_MS");
if (offsetof<Config>("linkCount") != abi.CONFIG_LINK_COUNT) ERROR("CONFIG_LINK_COUNT");
if (offsetof<Config>("epochMs") != abi.CONFIG_EPOCH_MS) ERROR("CONFIG_EPOCH_MS");
if (offsetof<Config>("nowMs") != abi.CONFIG_NOW_MS) ERROR("CONFIG_NOW_MS");
if (offsetof<Config>("told") != abi.CONFIG_TOLD) ERROR("CONFIG_TOLD");
if (offsetof<Config>("stop") != abi.CONFIG_STOP) ERROR("CONFIG_STOP");
if (offsetof<Config>("largeFree") != abi.CONFIG_LARGE_FREE) ERROR("CONFIG_LARGE_FREE");
if (offsetof<Config>("largeNext") != abi.CONFIG_LARGE_NEXT) ERROR("CONFIG_LARGE_NEXT");
if (offsetof<Config>("tapSlot") != abi.CONFIG_TAP_SLOT) ERROR("CONFIG_TAP_SLOT");
if (offsetof<Config>("segmentCount") != abi.CONFIG_SEGMENT_COUNT) ERROR("CONFIG_SEGMENT_COUNT");
if (offsetof<Config>("callState") != abi.CONFIG_CALL + abi.CALL_STATE) ERROR("CALL_STATE");
if (offsetof<Config>("callNumber") != abi.CONFIG_CALL + abi.CALL_NUMBER) ERROR("CALL_NUMBER");
if (offsetof<Config>("callResult") != abi.CONFIG_CALL + abi.CALL_RESULT) ERROR("CALL_RESULT");
if (offsetof<Config>("callArguments") != abi.CONFIG_CALL + abi.CALL_ARGUMENTS) ERROR("CALL_ARGUMENTS");
if (offsetof<Config>("helloS") != abi.CONFIG_HELLO_S) ERROR("CONFIG_HELLO_S");
if (offsetof<Config>("maxAgeS") != abi.CONFIG_MAX_AGE_S) ERROR("CONFIG_MAX_AGE_S");
if (offsetof<Config>("forwardDelayS") != abi.CONFIG_FORWARD_DELAY_S) ERROR("CONFIG_FORWARD_DELAY_S");
if (offsetof<Config>("txHold") != abi.CONFIG_TX_HOLD) ERROR("CONFIG_TX_HOLD");
if (offsetof<Config>("stpOnly") != abi.CONFIG_STP_ONLY) ERROR("CONFIG_STP_ONLY");
if (offsetof<Config>("tickSoon") != abi.CONFIG_TICK_SOON) ERROR("CONFIG_TICK_SOON");
if (offsetof<Config>("held") != abi.CONFIG_HELD) ERROR("CONFIG_HELD");
if (offsetof<Config>("beat") != abi.CONFIG_BEAT) ERROR("CONFIG_BEAT");
if (offsetof<Config>("doing") != abi.CONFIG_DOING) ERROR("CONFIG_DOING");
if (offsetof<Config>("thread") != abi.CONFIG_THREAD) ERROR("CONFIG_THREAD");
if (offsetof<Config>("linkMax") != abi.CONFIG_LINK_MAX) ERROR("CONFIG_LINK_MAX");
if (offsetof<Config>() != abi.CONFIG_SIZE) ERROR("CONFIG_SIZE");

// A cursor or a hash becomes an index by masking, so these are powers of two.
if (popcnt(abi.INDEX_COUNT) != 1) ERROR("INDEX_COUNT");
if (popcnt(abi.QUEUE_COUNT) != 1) ERROR("QUEUE_COUNT");
if (popcnt(abi.EVENT_COUNT) != 1) ERROR("EVENT_COUNT");
if (popcnt(abi.LINK_IN_OCTETS) != 1) ERROR("LINK_IN_OCTETS");
if (popcnt(abi.LINK_OUT_OCTETS) != 1) ERROR("LINK_OUT_OCTETS");
if (popcnt(abi.CAPTURE_OCTETS) != 1) ERROR("CAPTURE_OCTETS");
if (abi.SLOT_COUNT + abi.LARGE_COUNT > abi.QUEUE_TAGGED) ERROR("QUEUE_TAGGED");
if (abi.PORT_COUNT % 64 != 0) ERROR("PORT_COUNT");
if (abi.SLOT_SIZE < abi.FRAME_MAX) ERROR("SLOT_SIZE");
if (abi.INDEX_COUNT < 2 * abi.FDB_LIMIT_MAX) ERROR("FDB_LIMIT_MAX");
