// The contract between the core and its hosts: where everything is, how large, and what the codes mean.
//
// asc compiles this file as AssemblyScript and tsc compiles it as TypeScript, so it holds constants only: whole numbers
// with a width, and arithmetic on them. No enums, functions, classes or imports. Numbers are little-endian, as wasm's are.

/** Raised with every change to a number in this file. A host refuses a core that has another. */
export const ABI_VERSION: u32 = 8;

// Port set: one bit for each port, in 64-bit words; port 0 is the lowest bit of the first word.

export const PORT_COUNT: u32 = 4160; // a multiple of 64
export const PORT_MAX: u32 = 4096; // the highest port number that a host may use; a spanning tree's identifiers have room to 4095
export const SET_WORDS: u32 = PORT_COUNT >>> 6;
export const SET_SIZE: u32 = SET_WORDS * 8;

// VLAN: who is in it, and what spanning tree forbids. A port that trunks is a tagged member of every VLAN but 0 and its
// own, and stands in TRUNKS only. The last two sets are empty until a spanning tree fills them, so that a VLAN that
// nobody has touched forwards.
//
//   802.1D-2004 port state   NOT_LEARNING   NOT_FORWARDING
//   Discarding               in             in
//   Learning                 out            in
//   Forwarding               out            out

export const VLAN_CREATED: u32 = 0; // u32, 1 where a manager made it
export const VLAN_TREE: u32 = 4; // u32, the number of its own spanning tree; 0 where it follows that of VLAN 0
export const VLAN_TAGGED: u32 = 8; // members that get its frames with a tag
export const VLAN_UNTAGGED: u32 = VLAN_TAGGED + SET_SIZE; // members that get them without
export const VLAN_NOT_LEARNING: u32 = VLAN_UNTAGGED + SET_SIZE;
export const VLAN_NOT_FORWARDING: u32 = VLAN_NOT_LEARNING + SET_SIZE;
export const VLAN_EDGE: u32 = VLAN_NOT_FORWARDING + SET_SIZE; // ports that a manager calls edge ports
export const VLAN_BONUS_PORT: u32 = VLAN_EDGE + SET_SIZE; // u32, VDE's one favoured port, and what it is favoured by
export const VLAN_BONUS: u32 = VLAN_BONUS_PORT + 4; // u32
export const VLAN_SIZE: u32 = VLAN_BONUS + 4;
export const VLAN_COUNT: u32 = 4096;
export const VLAN_MAX: u32 = 4094; // 802.1Q-2018 table 9-2: 4095 is reserved
export const VLAN_NONE: u32 = 4095; // as a PVID: untagged frames have no VLAN

// Why a frame went nowhere. Every drop has a reason, and every reason a counter for each port: up to DROP_INGRESS_MAX on
// the port where the frame came in, beyond it on the one that it should have left by.

export const DROP_NONE: u32 = 0; // not dropped
export const DROP_RUNT: u32 = 1; // shorter than its header
export const DROP_GIANT: u32 = 2; // longer than the largest frame
export const DROP_NO_PVID: u32 = 3; // untagged, and the port has no VLAN for that
export const DROP_NOT_MEMBER: u32 = 4; // tagged for a VLAN that the port is not in
export const DROP_RESERVED: u32 = 5; // to 01:80:C2:00:00:00 to 0F, which a bridge never forwards (802.1D-2004 7.12.6)
export const DROP_DISCARDING: u32 = 6; // spanning tree keeps the port where it came in from forwarding
export const DROP_LOCAL: u32 = 7; // its destination is behind the port that it came from
export const DROP_NOWHERE: u32 = 8; // no other port takes it
export const DROP_INGRESS_MAX: u32 = 8;
export const DROP_MEMORY: u32 = 9; // no slots were left for the segments that a tap left to be cut
export const DROP_INNER_TAG: u32 = 10; // without its tag it would show another, and change its VLAN at the next bridge
export const DROP_QUEUE: u32 = 11; // the endpoint's queue was full
export const DROP_SHARE: u32 = 12; // the endpoint held its share of the slots that were left
export const DROP_PEER: u32 = 13; // the kernel refused it: the peer is gone, or takes no frame of that size
export const DROP_CLOSED: u32 = 14; // it was queued when its endpoint was unplugged
export const DROP_COUNT: u32 = 16;

// Port: one entry of the port table. Counters count frames and octets without FCS.

export const PORT_FREE: u8 = 0;
export const PORT_CREATED: u8 = 1;
export const PORT_OPEN: u8 = 2; // has endpoints

export const PORT_STATE: u32 = 0; // u8
export const PORT_TRUNK: u32 = 1; // u8, 1 where it carries every VLAN tagged
export const PORT_PVID: u32 = 2; // u16, VLAN of untagged frames, VLAN_NONE for none
export const PORT_ENDPOINT: u32 = 4; // u16, its newest endpoint
export const PORT_ENDPOINT_COUNT: u32 = 6; // u16
export const PORT_FDB_COUNT: u32 = 8; // u32, addresses learned behind it
export const PORT_FDB_LIMIT: u32 = 12; // u32, how many it may have
export const PORT_FDB_NEWEST: u32 = 16; // u32, its address seen last
export const PORT_FDB_OLDEST: u32 = 20; // u32, its address seen longest ago
export const PORT_RX_FRAMES: u32 = 24; // u64
export const PORT_RX_OCTETS: u32 = 32; // u64
export const PORT_TX_FRAMES: u32 = 40; // u64, once for all endpoints
export const PORT_TX_OCTETS: u32 = 48; // u64
export const PORT_DROPS: u32 = 56; // u64 for each DROP_*
export const PORT_SIZE: u32 = PORT_DROPS + DROP_COUNT * 8;

// Endpoint: a path for frames that is plugged into a port, and the frames that wait for it.

export const ENDPOINT_COUNT: u32 = 5120; // 0 is none

export const KIND_FREE: u8 = 0;
export const KIND_SOCKET: u8 = 1; // a connected Unix datagram socket: recvmmsg, sendmmsg
export const KIND_TAP: u8 = 2; // a tap device: read, writev
export const KIND_LINK: u8 = 3; // a pair of rings in this memory
export const KIND_OFFLOAD: u8 = 4; // a KIND_SOCKET whose frames have a head as a tap's have: read, sendmmsg

export const ENDPOINT_KIND: u32 = 0; // u8
export const ENDPOINT_WAITING: u32 = 1; // u8, 1 where its peer takes no more for now
export const ENDPOINT_DIRTY: u32 = 2; // u8, 1 where it stands in the list of endpoints to flush
export const ENDPOINT_BROKEN: u32 = 3; // u8, a host's: the errno that its descriptor failed with for good, 0 while it works
export const ENDPOINT_PORT: u32 = 4; // u16
export const ENDPOINT_NEXT: u32 = 6; // u16, the next one on the same port
export const ENDPOINT_FD: u32 = 8; // i32
export const ENDPOINT_LINK: u32 = 12; // u32, its pair of rings
export const ENDPOINT_HEAD: u32 = 16; // u32, cursor of its queue: frames taken out since the start
export const ENDPOINT_TAIL: u32 = 20; // u32, frames put in
export const ENDPOINT_LIMIT: u32 = 24; // u32, how many frames may wait here and in the kernel, QUEUE_COUNT at most
export const ENDPOINT_SEEN_HEAD: u32 = 28; // u32, of a link: where its consumer was when the ring was found full
export const ENDPOINT_SENT: u32 = 32; // u64, frames that its peer took
export const ENDPOINT_DROPPED: u32 = 40; // u64, frames that it lost
export const ENDPOINT_LARGE: u32 = 48; // u32, large slots among the frames that wait
export const ENDPOINT_HELD: u32 = 52; // u32, octets that wait for its peer in the kernel, while it takes no more
export const ENDPOINT_HELD_FRAMES: u32 = 56; // u32, about as many frames
export const ENDPOINT_SIZE: u32 = 64;

// Queue: for each endpoint a ring of references to slots. An entry is a u16, a slot's number, with QUEUE_TAGGED where the frame
// is to leave with a tag.

export const QUEUE_COUNT: u32 = 4096; // a power of two
export const QUEUE_TAGGED: u32 = 0x8000;
export const QUEUE_SIZE: u32 = QUEUE_COUNT * 2;
export const QUEUE_LIMIT_DEFAULT: u32 = QUEUE_COUNT;

// Slot: room for one frame, and beside it a head with what the core found out about it. Slots are an odd number of cache
// lines apart, so that the starts of frames spread over all sets of a cache.

export const SLOT_COUNT: u32 = 8192;
export const SLOT_SIZE: u32 = 9408; // octets from one frame to the next
export const FRAME_MAX: u32 = 9234; // 9,216 octets of payload, 14 of header and a tag
export const HEADER_SIZE: u32 = 14;
export const TAG_SIZE: u32 = 4;
export const MTU_MIN: u32 = 46; // payload of the shortest Ethernet frame
export const MTU_MAX: u32 = 9216;
export const MTU_DEFAULT: u32 = 9198; // frames of 9,216 octets in all
/** A frame of an MTU is this much longer: a header of 14 octets and one tag of 4. */
export const MTU_OVERHEAD: u32 = HEADER_SIZE + TAG_SIZE;

export const ARRIVED_UNTAGGED: u8 = 0;
export const ARRIVED_TAGGED: u8 = 1;
export const ARRIVED_PRIORITY: u8 = 2; // with a tag that names no VLAN (VID 0), only a priority

export const HEAD_REFERENCES: u32 = 0; // u16, queues that the frame waits in
export const HEAD_ARRIVED: u32 = 2; // u8
export const HEAD_INNER_TAG: u32 = 3; // u8, 1 where the frame without its tag would begin with another
export const HEAD_FRAME_SIZE: u32 = 4; // u32, octets as it came
export const HEAD_TAG: u32 = 8; // 4 octets, as on the wire: the tag it leaves with where it leaves with one
export const HEAD_NEXT: u32 = 12; // u16, in the list of free slots
export const HEAD_OFFLOAD: u32 = 14; // u8
export const HEAD_IS_GROWING: u32 = 15; // u8, 1 in a large slot at the end of a tap's queue that segments are added to
export const HEAD_VNET: u32 = 16; // VNET_SIZE octets: what a tap said of the frame
export const HEAD_SIZE: u32 = 32;

// Offload: what the kernel left to be done on a frame from a tap, as a driver leaves it to a network card. Another tap, and
// a plug that asked for such frames, take it as it is; for everyone else the core does the work.

export const OFFLOAD_NONE: u8 = 0;
export const OFFLOAD_CHECKSUM: u8 = 1; // a checksum to be finished
export const OFFLOAD_SEGMENTS: u8 = 2; // more TCP than one frame may carry, to be cut into segments

// struct virtio_net_hdr, before each frame of a tap (virtio 1.2, 5.1.6)

export const VNET_FLAGS: u32 = 0; // u8
export const VNET_NEEDS_CHECKSUM: u8 = 1;
export const VNET_SEGMENT_KIND: u32 = 1; // u8: 0, VNET_TCP4 or VNET_TCP6
export const VNET_TCP4: u8 = 1;
export const VNET_TCP6: u8 = 4;
export const VNET_HEADERS_SIZE: u32 = 2; // u16
export const VNET_SEGMENT_SIZE: u32 = 4; // u16, octets of TCP payload in each segment
export const VNET_CHECKSUM_START: u32 = 6; // u16, from the start of the frame
export const VNET_CHECKSUM_OFFSET: u32 = 8; // u16, from there
export const VNET_SIZE: u32 = 10;

// Large slots hold frames that wait to be segmented, or go from tap to tap as they are. Their numbers go on from
// SLOT_COUNT.

export const LARGE_COUNT: u32 = 64;
export const LARGE_SIZE: u32 = 65600; // 65,535 octets of IP, a header and a tag; an odd number of cache lines
export const SEGMENTS_MAX: u32 = 2048; // of one frame: Linux cuts it into 36 octets of payload at the least
export const PLUG_SEGMENT_MIN: u32 = 512; // a plug is not believed below this: a frame of its own would be 1,800 to send

// Vectors: arrays of the kernel's own struct mmsghdr (64 octets) and struct iovec (16) on 64-bit Linux, whose pointers
// are CONFIG_BASE and an offset. A host without a kernel leaves the base 0 and reads them as offsets.

export const BATCH: u32 = 64; // frames in one call of the kernel, at most
export const MMSGHDR_IOV: u32 = 16; // u64
export const MMSGHDR_IOV_COUNT: u32 = 24; // u64
export const MMSGHDR_FLAGS: u32 = 48; // u32
export const MMSGHDR_FRAME_SIZE: u32 = 56; // u32, msg_len
export const MMSGHDR_SIZE: u32 = 64;
export const IOVEC_BASE: u32 = 0; // u64
export const IOVEC_OCTETS: u32 = 8; // u64
export const IOVEC_SIZE: u32 = 16;
export const PIECES_MAX: u32 = 4; // of a frame that leaves: a tap's head, addresses, tag, rest
export const MSG_TRUNC: u32 = 0x20; // the frame was longer than its slot

// Link: a ring of octets in each direction between the core and a host, one producer and one consumer each. A record is
// a u32 with the frame's size and the frame, padded to 8 octets; it never wraps: RING_SKIP says to go on at the start.
// Cursors count octets since the start and wrap at 2^32.
//
// Whoever has put something into a ring, or made room in a full one, sets the link's bit in the other side's set: LINK_FED
// for the core, LINK_FILLED for the host. So a thousand silent links cost nothing.

export const LINK_COUNT: u32 = 1088; // a multiple of 64; in a smaller memory only CONFIG_LINK_MAX of them
export const LINK_COUNT_MIN: u32 = 640; // that a host must give memory for
export const RING_HEAD: u32 = 0; // u32, only the consumer writes it
export const RING_TAIL: u32 = 64; // u32, only the producer writes it; on a cache line of its own
export const RING_LOST: u32 = 68; // u32, only the producer writes it: records that found no room
export const RING_READER: u32 = 72; // u32, of a link's ring to a host: who reads it, READER_*
export const RING_DATA: u32 = 128;
export const RING_SKIP: u32 = 0xffffffff;
export const READER_HOST: u32 = 0; // the thread of the control plane, which is told
export const READER_AWAKE: u32 = 1; // another thread, which looks before it sleeps
export const READER_ASLEEP: u32 = 2; // and sleeps on this word
export const LINK_IN: u32 = 0; // host to core
export const LINK_IN_OCTETS: u32 = 65536; // a power of two; what a link brings in one go must find room here
export const LINK_OUT: u32 = RING_DATA + LINK_IN_OCTETS; // core to host
export const LINK_OUT_OCTETS: u32 = 32768; // a power of two; what finds no room here waits in the endpoint's queue
export const LINK_SIZE: u32 = LINK_OUT + RING_DATA + LINK_OUT_OCTETS;

// Capture: a ring like a link's, from the core to a host, with a copy of each frame that passes while CONFIG_CAPTURE is
// set. The record's first octets are a head of their own.

export const CAPTURE_PORT: u32 = 0; // u16
export const CAPTURE_OUTGOING: u32 = 2; // u16, 0 for a frame that came in, 1 for one that goes out
export const CAPTURE_TIME_MS: u32 = 4; // u32
export const CAPTURE_FRAME: u32 = 8;
export const CAPTURE_OCTETS: u32 = 1048576; // a power of two
export const CAPTURE_RING_SIZE: u32 = RING_DATA + CAPTURE_OCTETS;

// Event: what a manager may want to hear of, kept only while CONFIG_WATCH is set. A ring of fixed records.

export const EVENT_LEARNED: u32 = 1;
export const EVENT_FORGOTTEN: u32 = 2;
export const EVENT_MOVED: u32 = 3; // seen on another port, whether it was let move or not
export const EVENT_TREE_STATE: u32 = 4; // EVENT_KEY is 0 for discarding, 1 for learning, 2 for forwarding
export const EVENT_TREE_ROOT: u32 = 5; // EVENT_KEY is the root's identifier, EVENT_PORT the root port
export const EVENT_TREE_HEARD: u32 = 6; // the first BPDU on a port
export const EVENT_TREE_SILENT: u32 = 7; // none for a while, or the port is gone

export const EVENT_KEY: u32 = 0; // u64, as ADDRESS_KEY
export const EVENT_KIND: u32 = 8; // u16
export const EVENT_PORT: u32 = 10; // u16
export const EVENT_OTHER_PORT: u32 = 12; // u16, for EVENT_MOVED where it was before; for EVENT_TREE_* the VLAN
export const EVENT_SIZE: u32 = 16;
export const EVENT_LOST: u32 = 80; // in the head of EVENTS: u32 for each kind, events that found no room
export const EVENT_KINDS: u32 = 8;
export const EVENT_COUNT: u32 = 4096; // a power of two
export const EVENTS_SIZE: u32 = RING_DATA + EVENT_COUNT * EVENT_SIZE;

// Address: one entry of the forwarding database (FDB), and a member of its port's list from newest to oldest.

export const ADDRESS_KEY: u32 = 0; // u64: VLAN in the top 16 bits; below, the address, its first octet lowest
export const ADDRESS_SEEN_MS: u32 = 8; // u32
export const ADDRESS_PORT: u32 = 12; // u16, ADDRESS_FREE in a free entry
export const ADDRESS_NEWER: u32 = 16; // u32
export const ADDRESS_OLDER: u32 = 20; // u32; in a free entry the next free one
export const ADDRESS_SIZE: u32 = 24;
export const ADDRESS_FREE: u32 = 0xffff;
export const ADDRESS_COUNT: u32 = 65537; // 65,536 addresses; entry 0 is none
export const FDB_LIMIT_MAX: u32 = ADDRESS_COUNT - 1;

// Index: a hash table over the addresses, probed linearly. A cell is an entry's number in the low 17 bits and 15 bits of
// its hash above, or 0. At most half of the cells are ever taken.

export const INDEX_COUNT: u32 = 131072; // a power of two
export const INDEX_SIZE: u32 = INDEX_COUNT * 4;

// Spanning tree: what a manager sets for a port, in every tree.

export const SPAN_COST: u32 = 0; // u32, path cost, 0 for COST_DEFAULT. 802.1D-2004 17.19.8
export const SPAN_PRIORITY: u32 = 4; // u8, a multiple of 16. 17.19.21
export const SPAN_OPTIONS: u32 = 5; // u8, SPAN_* below
export const SPAN_SHUT: u32 = 6; // u8, the core's: 1 where BPDU guard has shut the port
export const SPAN_DISTANT: u32 = 7; // u8, a host's: 1 where frames may be long on their way to what is plugged in
export const SPAN_SIZE: u32 = 8;
export const SPAN_ROOT_GUARD: u8 = 1; // never the root port: restrictedRole, 17.19.29
export const SPAN_TCN_GUARD: u8 = 2; // topology changes end here: restrictedTcn, 17.19.30
export const SPAN_BPDU_GUARD: u8 = 4; // a BPDU shuts the port until it is unplugged
export const SPAN_BPDU_FILTER: u8 = 8; // sends none and hears none: an edge port whatever comes
export const SPAN_LOOP_GUARD: u8 = 16; // silence where BPDUs were does not open it
export const SPAN_NO_AUTO_EDGE: u8 = 32; // silence does not make it an edge port: AutoEdge off, 17.13.3
export const SPAN_SHARED: u8 = 64; // several bridges may be behind it: adminPointToPointMAC off, 6.4.3
export const COST_DEFAULT: u32 = 20_000_000; // what VDE gives every port
export const PORT_PRIORITY_DEFAULT: u8 = 128;

// Tree: one spanning tree. Number 0 is VLAN 0's, the common one; a VLAN that is made gets another while there are any, and
// follows the common one where there are none.

export const TREE_COUNT: u32 = 64;
export const TREE_VID: u32 = 0; // u16
export const TREE_PRIORITY: u32 = 2; // u16, bridge priority in this tree
export const TREE_ROOT_PORT: u32 = 4; // u16, PORT_NONE in the root itself. 17.18.6
export const TREE_IS_USED: u32 = 6; // u8
export const TREE_OWN_ID: u32 = 8; // u64, this bridge: priority in the top 16 bits, address below. 17.18.2
export const TREE_ROOT_ID: u32 = 16; // u64
export const TREE_BRIDGE_ID: u32 = 24; // u64, the bridge on the way to the root
export const TREE_COST: u32 = 32; // u32, root path cost
export const TREE_DUE_MS: u32 = 48; // u32
export const TREE_CHANGES: u32 = 52; // u32, topology changes
export const TREE_CHANGED_MS: u32 = 56; // u32, when the last one was
export const TREE_MEMBERS: u32 = 64; // set of ports that take part
export const TREE_SIZE: u32 = TREE_MEMBERS + SET_SIZE;
export const PORT_NONE: u32 = 0xffff;

export const ROLE_DISABLED: u8 = 0; // 17.19.35
export const ROLE_ROOT: u8 = 1;
export const ROLE_DESIGNATED: u8 = 2;
export const ROLE_ALTERNATE: u8 = 3;
export const ROLE_BACKUP: u8 = 4;

export const PEER_NONE: u8 = 0; // nobody was heard
export const PEER_STANDARD: u8 = 1;
export const PEER_VDE: u8 = 2; // swaps the codes of roles
export const PEER_OWN: u8 = 3; // another of these switches: says what it answers to

// Branch: a port in a tree. 17.19

export const BRANCH_ROOT_ID: u32 = 0; // u64, portPriority's four parts, 17.19.21
export const BRANCH_BRIDGE_ID: u32 = 8; // u64
export const BRANCH_COST: u32 = 16; // u32
export const BRANCH_PORT_ID: u32 = 20; // u16
export const BRANCH_ROLE: u32 = 31; // u8
export const BRANCH_PEER: u32 = 33; // u8
export const BRANCH_FLAGS: u32 = 36; // u32
export const BRANCH_HEARD_MS: u32 = 108; // u32, when the last BPDU came
export const BRANCH_RX: u32 = 112; // u32, BPDUs
export const BRANCH_TX: u32 = 116; // u32
export const BRANCH_SIZE: u32 = 128;
export const BRANCH_LEARN: u32 = 1; // bits of BRANCH_FLAGS
export const BRANCH_FORWARD: u32 = 2;
export const BRANCH_EDGE: u32 = 4; // operEdge
export const BRANCH_STP: u32 = 8; // speaks to a bridge that knows 802.1D-1998 only: sendRSTP is off
export const BRANCH_POINT_TO_POINT: u32 = 16;
export const BRANCH_BRIDGED: u32 = 0x400000; // loop probes came by it, or came back: a bridge that says nothing is behind it

// Config: settings that the core reads and a host writes, and a few numbers that the core keeps.

export const CONFIG_BASE: u32 = 0; // u64, where this memory is in the process's address space
export const CONFIG_HASH_KEY: u32 = 8; // two u64, secret: an attacker who knows them can fill one stretch of the index
export const CONFIG_EXPIRE_MS: u32 = 24; // u32, how long an address is believed
export const CONFIG_PERSIST_MS: u32 = 28; // u32, how long a silent address stays at its port when it is seen at another
export const CONFIG_FDB_LIMIT: u32 = 32; // u32, addresses in all
export const CONFIG_FDB_COUNT: u32 = 36; // u32, the core's
export const CONFIG_FRAME_MAX: u32 = 40; // u32, the largest frame that is let in
export const CONFIG_QUEUE_LIMIT: u32 = 44; // u32, of a new endpoint
export const CONFIG_HUB: u32 = 48; // u8, 1: every frame to every other port, as it is
export const CONFIG_TRANSPARENT: u32 = 49; // u8, 1: forwards reserved group addresses too
export const CONFIG_WATCH: u32 = 50; // u8, 1: events are kept
export const CONFIG_CAPTURE: u32 = 51; // u8, 1: frames are copied to the capture ring
export const CONFIG_FSTP: u32 = 52; // u8, 1: spanning tree runs
export const CONFIG_PRIORITY: u32 = 54; // u16, bridge priority
export const CONFIG_MAC: u32 = 56; // u64, the bridge's address in its lower 6 octets, the first one lowest
export const CONFIG_ASLEEP: u32 = 64; // u32, 1 while the thread of the core sleeps: whoever feeds a ring then rings its bell
export const CONFIG_SLOTS_FREE: u32 = 68; // u32, the core's
export const CONFIG_SLOT_NEXT: u32 = 72; // u32, the core's: the first free slot
export const CONFIG_DIRTY_COUNT: u32 = 76; // u32, the core's: endpoints to flush
export const CONFIG_WORDS: u32 = 80; // u32, the core's: words of a set that have ports
export const CONFIG_HEAVIEST: u32 = 84; // u32, the core's: the port with most addresses
export const CONFIG_ADDRESS_NEXT: u32 = 88; // u32, the core's: the first free entry of the FDB
export const CONFIG_GC_MS: u32 = 92; // u32, how often old addresses are looked for, 0 for never
export const CONFIG_GC_NEXT_MS: u32 = 96; // u32, the core's
export const CONFIG_LINK_COUNT: u32 = 100; // u32, the core's: links below this number are in use
export const CONFIG_EPOCH_MS: u32 = 104; // f64, the host's clock at its start, so that two threads tell one time
export const CONFIG_NOW_MS: u32 = 112; // u32, the core's: the time that it was told last
export const CONFIG_TOLD: u32 = 116; // u32, 1 while a host has been told to look at links, events and captures, and has not yet
export const CONFIG_STOP: u32 = 120; // u32, 1 asks the thread of the core to end
export const CONFIG_LARGE_FREE: u32 = 124; // u32, the core's: large slots that are free
export const CONFIG_LARGE_NEXT: u32 = 128; // u32, the core's: the first of them
export const CONFIG_TAP_SLOT: u32 = 132; // u32, the core's: the large slot that TAP_PIECES lead to
export const CONFIG_SEGMENT_COUNT: u32 = 136; // u32, the core's: segments made of the frame at hand
export const CONFIG_CALL: u32 = 140; // a call from another thread: u32 state, u32 number, i32 result, then arguments
export const CALL_STATE: u32 = 0; // u32: CALL_IDLE, CALL_ASKED, CALL_DONE or CALL_FAILED
export const CALL_NUMBER: u32 = 4; // u32
export const CALL_RESULT: u32 = 8; // i32
export const CALL_ARGUMENTS: u32 = 12; // six u32
export const CALL_IDLE: u32 = 0;
export const CALL_ASKED: u32 = 1;
export const CALL_DONE: u32 = 2;
export const CALL_FAILED: u32 = 3;
export const CONFIG_HELLO_S: u32 = 176; // u8, seconds between BPDUs. 802.1D-2004 17.13.6
export const CONFIG_MAX_AGE_S: u32 = 177; // u8, 17.13.8
export const CONFIG_FORWARD_DELAY_S: u32 = 178; // u8, 17.13.5
export const CONFIG_TX_HOLD: u32 = 179; // u8, BPDUs in a second at most, by a port in a tree. 17.13.12
export const CONFIG_STP_ONLY: u32 = 180; // u8, 1: speaks as 802.1D-1998 does. 17.13.4
export const CONFIG_TICK_SOON: u32 = 184; // u32, the core's: 1 where something is due earlier than the last tick said
export const CONFIG_HELD: u32 = 188; // u32, the core's: the sum of ENDPOINT_HELD
export const CONFIG_BEAT: u32 = 192; // u32, raised by the loop of the core's thread with each thing that it does
export const CONFIG_DOING: u32 = 196; // u32, what that loop does: DOING_* in the upper half, the endpoint in the lower, or 0
export const CONFIG_THREAD: u32 = 200; // u32, that thread, as the operating system numbers it
export const CONFIG_LINK_MAX: u32 = 204; // u32, the core's: links that there is memory for
export const CONFIG_SIZE: u32 = 208;

export const DOING_SLEEP: u32 = 0;
export const DOING_READ: u32 = 1;
export const DOING_SEND: u32 = 2;
export const DOING_ANSWER: u32 = 3;
export const DOING_LINKS: u32 = 4;
export const DOING_TICK: u32 = 5;

export const PRIORITY_DEFAULT: u16 = 0x8000; // 802.1D-2004 table 17-2
export const HELLO_S_DEFAULT: u8 = 2; // table 17-1
export const MAX_AGE_S_DEFAULT: u8 = 20;
export const FORWARD_DELAY_S_DEFAULT: u8 = 15;
export const TX_HOLD_DEFAULT: u8 = 6;
export const EXPIRE_MS_DEFAULT: u32 = 100_000;
export const PERSIST_MS_DEFAULT: u32 = 3_000;
export const GC_MS_DEFAULT: u32 = 2_000;

// Memory map. Page 0 is the compiler's; the rest is ours, at fixed addresses. The whole state of a switch is the octets
// from MAP_START to MAP_END. A host brings the memory, MAP_PAGES of it where pages that nobody touches cost nothing, and
// fewer, but MAP_PAGES_MIN, where they do.

export const MAP_START: u32 = 0x10000;
export const CONFIG: u32 = MAP_START;
export const TRUNKS: u32 = CONFIG + CONFIG_SIZE; // set of ports that carry every VLAN
export const OPEN: u32 = TRUNKS + SET_SIZE; // set of ports that have endpoints
export const PORTS: u32 = OPEN + SET_SIZE;
export const VLANS: u32 = PORTS + PORT_COUNT * PORT_SIZE;
export const ENDPOINTS: u32 = VLANS + VLAN_COUNT * VLAN_SIZE;
export const DIRTY: u32 = ENDPOINTS + ENDPOINT_COUNT * ENDPOINT_SIZE; // u16 each: endpoints with frames to send
export const LINK_ENDPOINTS: u32 = DIRTY + ENDPOINT_COUNT * 2; // u16 each: the endpoint of each link, 0 for none
export const LINK_FED: u32 = LINK_ENDPOINTS + LINK_COUNT * 2; // u32 for 32 links each
export const LINK_FILLED: u32 = LINK_FED + LINK_COUNT / 8;
export const RX_SLOTS: u32 = LINK_FILLED + LINK_COUNT / 8; // u32 each: the slot behind each entry of RX
export const RX: u32 = RX_SLOTS + BATCH * 4; // BATCH mmsghdr, each with one piece
export const RX_PIECES: u32 = RX + BATCH * MMSGHDR_SIZE;
export const TX: u32 = RX_PIECES + BATCH * IOVEC_SIZE; // BATCH mmsghdr
export const TX_PIECES: u32 = TX + BATCH * MMSGHDR_SIZE; // PIECES_MAX for each
export const TX_VNET: u32 = TX_PIECES + BATCH * PIECES_MAX * IOVEC_SIZE; // 16 octets for each: a tap's head of its frame
export const TAP_PIECES: u32 = TX_VNET + BATCH * 16; // two pieces to read a tap's frame into: its head, and the frame
export const SEGMENTS: u32 = TAP_PIECES + 2 * IOVEC_SIZE; // u32 each: slots of the segments of the frame at hand
export const READY: u32 = SEGMENTS + SEGMENTS_MAX * 4; // a host's room for struct epoll_event
export const READY_COUNT: u32 = 1024;
export const EVENTS: u32 = READY + READY_COUNT * 16;
export const INDEX: u32 = EVENTS + EVENTS_SIZE;
export const ADDRESSES: u32 = INDEX + INDEX_SIZE;
export const QUEUES: u32 = (ADDRESSES + ADDRESS_COUNT * ADDRESS_SIZE + 63) & ~63;
export const HEADS: u32 = QUEUES + ENDPOINT_COUNT * QUEUE_SIZE;
export const SLOTS: u32 = HEADS + (SLOT_COUNT + LARGE_COUNT) * HEAD_SIZE;
export const LARGE_SLOTS: u32 = SLOTS + SLOT_COUNT * SLOT_SIZE;
export const CAPTURE: u32 = LARGE_SLOTS + LARGE_COUNT * LARGE_SIZE;
export const SPANS: u32 = CAPTURE + CAPTURE_RING_SIZE;
export const FOLLOWERS: u32 = SPANS + PORT_COUNT * SPAN_SIZE; // u32, VLANs that were made and have no tree of their own
export const TREES: u32 = FOLLOWERS + 8;
export const BRANCHES: u32 = TREES + TREE_COUNT * TREE_SIZE; // PORT_COUNT for each tree
export const LINKS: u32 = (BRANCHES + TREE_COUNT * PORT_COUNT * BRANCH_SIZE + 63) & ~63; // last: as many as there is memory for
export const MAP_END: u32 = LINKS + LINK_COUNT * LINK_SIZE;
export const MAP_PAGES: u32 = (MAP_END + 0xffff) >>> 16;
export const MAP_PAGES_MIN: u32 = (LINKS + LINK_COUNT_MIN * LINK_SIZE + 0xffff) >>> 16;
