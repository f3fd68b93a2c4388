// AEADs straight from the OpenSSL that Node carries and shows to its addons. node:crypto makes an object, a stream and
// two buffers for each message, which takes several microseconds; this takes one, and works on memory that does not move.

import { bind } from "./libc.js";

const CTRL_GET_TAG = 0x10;
const CTRL_SET_TAG = 0x11;
const TAG_SIZE = 16;
const NULL = 0;

type Start = (context: number, cipher: number, engine: number, key: Uint8Array | null, nonce: number) => number;
type Update = (context: number, to: number, size: number, from: number, count: number) => number;

interface OpenSsl {
  readonly create: () => number;
  readonly free: (context: number) => number;
  readonly encryptInit: Start;
  readonly decryptInit: Start;
  readonly encrypt: Update;
  readonly decrypt: Update;
  readonly encryptFinal: (context: number, to: number, size: number) => number;
  readonly decryptFinal: (context: number, to: number, size: number) => number;
  readonly control: (context: number, what: number, size: number, at: number) => number;
  readonly ciphers: Readonly<Record<string, () => number>>;
}

let loaded: OpenSsl | undefined | null = null;

/** OpenSSL's functions; undefined where this Node does not show them. */
function openSsl(): OpenSsl | undefined {
  if (loaded !== null) return loaded;
  try {
    loaded = load();
  } catch {
    loaded = undefined; // built with another library
  }
  return loaded;
}

function load(): OpenSsl {
  const start = (name: string) =>
    bind<[number, number, number, Uint8Array | null, number]>(
      `int ${name}(int64_t context, int64_t cipher, int64_t engine, void *key, int64_t nonce)`,
    );
  const update = (name: string) =>
    bind<[number, number, number, number, number]>(
      `int ${name}(int64_t context, int64_t to, int64_t size, int64_t from, int count)`,
    );
  const final = (name: string) =>
    bind<[number, number, number]>(`int ${name}(int64_t context, int64_t to, int64_t size)`);
  return {
    create: bind<[]>("int64_t EVP_CIPHER_CTX_new()"),
    free: bind<[number]>("void EVP_CIPHER_CTX_free(int64_t context)"),
    encryptInit: start("EVP_EncryptInit_ex"),
    decryptInit: start("EVP_DecryptInit_ex"),
    encrypt: update("EVP_EncryptUpdate"),
    decrypt: update("EVP_DecryptUpdate"),
    encryptFinal: final("EVP_EncryptFinal_ex"),
    decryptFinal: final("EVP_DecryptFinal_ex"),
    control: bind<[number, number, number, number]>(
      "int EVP_CIPHER_CTX_ctrl(int64_t context, int what, int size, int64_t at)",
    ),
    ciphers: {
      "aes-256-gcm": bind<[]>("int64_t EVP_aes_256_gcm()"),
      "chacha20-poly1305": bind<[]>("int64_t EVP_chacha20_poly1305()"),
    },
  };
}

/** Whether there is a native AEAD here. */
export function hasNativeAead(): boolean {
  return openSsl() !== undefined;
}

/** One key, for one of the two directions. All else is by address: the nonce has 12 octets, the tag 16. */
export class NativeAead {
  readonly #ssl = openSsl()!;
  readonly #context = this.#ssl.create();
  /** Where OpenSSL writes how much it wrote. */
  readonly #size: number;

  constructor(cipher: string, key: Uint8Array, seals: boolean, size: number) {
    this.#size = size;
    const start = seals ? this.#ssl.encryptInit : this.#ssl.decryptInit;
    if (this.#context !== NULL && start(this.#context, this.#ssl.ciphers[cipher]!(), NULL, key, NULL) === 1) return;
    this.close();
    throw new Error(`OpenSSL does not take ${cipher}`);
  }

  /** Seals octets where they are, and writes the tag behind them. Throws where it cannot: they would go out as they are. */
  seal(nonce: number, at: number, size: number): void {
    const ssl = this.#ssl;
    const isSealed =
      ssl.encryptInit(this.#context, NULL, NULL, null, nonce) === 1 &&
      ssl.encrypt(this.#context, at, this.#size, at, size) === 1 &&
      ssl.encryptFinal(this.#context, at + size, this.#size) === 1 &&
      ssl.control(this.#context, CTRL_GET_TAG, TAG_SIZE, at + size) === 1;
    if (!isSealed) throw new Error("OpenSSL could not seal");
  }

  /** Opens octets that their tag comes behind. What it has written where it says false is worth nothing. */
  open(nonce: number, at: number, size: number, to: number): boolean {
    const ssl = this.#ssl;
    return (
      ssl.decryptInit(this.#context, NULL, NULL, null, nonce) === 1 &&
      ssl.control(this.#context, CTRL_SET_TAG, TAG_SIZE, at + size) === 1 &&
      ssl.decrypt(this.#context, to, this.#size, at, size) === 1 &&
      ssl.decryptFinal(this.#context, to + size, this.#size) === 1
    );
  }

  /** Forgets the key. */
  close(): void {
    this.#ssl.free(this.#context);
  }
}
