// What is on the wire, and where in it. docs/protocols/cryptcab.md draws each message; numbers have the high octet first.

/** The first octet of a datagram. VDE's own have others, so that the two are not taken for each other. */
export const INIT = 0x01;
export const RESPONSE = 0x02;
export const COOKIE = 0x03;
export const DATA = 0x04;
export const RESET = 0x05;

/** The second. */
export const VERSION = 1;

/** type, version, suite, 0, sender, ephemeral, static and its tag, payload and its tag, two codes. */
export const INIT_SENDER = 4;
export const INIT_NOISE = 8;
export const INIT_PAYLOAD_SIZE = 16;
export const INIT_MAC1 = INIT_NOISE + 32 + 48 + INIT_PAYLOAD_SIZE + 16;
export const INIT_MAC2 = INIT_MAC1 + 16;
export const INIT_SIZE = INIT_MAC2 + 16;

/** type, version, suite, 0, sender, receiver, ephemeral, payload and its tag. */
export const RESPONSE_SENDER = 4;
export const RESPONSE_RECEIVER = 8;
export const RESPONSE_NOISE = 12;
export const RESPONSE_PAYLOAD_SIZE = 8;
export const RESPONSE_SIZE = RESPONSE_NOISE + 32 + RESPONSE_PAYLOAD_SIZE + 16;

/** type, version, 0, 0, receiver, nonce, cookie and its tag. */
export const COOKIE_RECEIVER = 4;
export const COOKIE_NONCE = 8;
export const COOKIE_SEALED = 20;
export const COOKIE_SIZE = COOKIE_SEALED + 32;

/** type, version, what is not known, 0, the twelve octets that name it. */
export const RESET_REASON = 2;
export const RESET_ECHO = 4;
export const RESET_SIZE = 16;
export const UNKNOWN_SESSION = 1;
export const UNKNOWN_CLIENT = 2;

/** type, version, 0, 0, receiver, counter; sealed: records, where the first one begins; tag. */
export const DATA_RECEIVER = 4;
export const DATA_COUNTER = 8;
export const DATA_HEADER = 12;
export const DATA_TRAILER = 2;
export const DATA_OVERHEAD = DATA_HEADER + DATA_TRAILER + 16;

/** A record begins with two octets: how long a frame is, 0 before padding, or what the rest of the datagram says. */
export const RECORD_HEADER = 2;
/** Beside a length: the frame is one of TCP or UDP whose checksum was not computed, since no way from here can alter it. */
export const UNSUMMED = 0x4000;
export const LENGTH_MASK = 0x3fff;
export const PROBE = 0x8001;
export const PROBE_SEEN = 0x8002;
export const BYE = 0x8003;

/** The longest frame, as everywhere in VDE, and the shortest, which is a header. */
export const FRAME_MAX = 9_236;
export const FRAME_MIN = 14;
