// What a text for people keeps of a URL, and what it does not.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { printable } from "../../host/console/text.js";
import { withoutSecrets } from "../../host/masking.js";

const test = suite("masking");

const MASKED: readonly [text: string, shown: string][] = [
  ["ws://h/room/x?token=abc", "ws://h/room/x?token=***"],
  ["ws://h/?a=1&token=abc&b=2", "ws://h/?a=1&token=***&b=2"],
  ["ws://h/?access_token=abc#x", "ws://h/?access_token=***#x"],
  ["ws://h/?%74oken=abc", "ws://h/?%74oken=***"],
  ["ws://h/?TOKEN=abc", "ws://h/?TOKEN=***"],
  ["ws://h/?secret=a'b;c", "ws://h/?secret=***"],
  ["vlan://5{ws://h/?token=abc}", "vlan://5{ws://h/?token=***}"],
  ["ws://h/?token=abc: Connection refused", "ws://h/?token=***: Connection refused"],
  ["ws://a/?token=abc and ws://b/?token=def", "ws://a/?token=*** and ws://b/?token=***"],
  ["wss://user:p@ss@host/x", "wss://user:***@host/x"],
  ["wss://user:p/s?s#w@host/x", "wss://user:***@host/x"],
  ["wss://user:12ab/c@[::1]:80/x", "wss://user:***@[::1]:80/x"],
  ["vlan://5{wss://user:pass@host/x}", "vlan://5{wss://user:***@host/x}"],
  ["wss://abc@host/x", "wss://***@host/x"],
  ["ws://abc:@host/room/a@b", "ws://***@host/room/a@b"],
  ["vlan://5{WSS://a%40c@[::1]:80/x}", "vlan://5{WSS://***@[::1]:80/x}"],
  ["bond://{crypt://user@host:7667,ws://abc@host}", "bond://{crypt://user@host:7667,ws://***@host}"],
  ["ws://h/?api_key=abc&apikey=abc&secret_key=abc", "ws://h/?api_key=***&apikey=***&secret_key=***"],
  ["ws://h/?key=abc&pass=abc&pwd=abc", "ws://h/?key=***&pass=***&pwd=***"],
  ["ws://h/?auth=abc&jwt=abc&sig=abc", "ws://h/?auth=***&jwt=***&sig=***"],
];

for (const [text, shown] of MASKED)
  test(`${text} is shown as ${shown}`, () => {
    assert.is(withoutSecrets(text), shown);
    assert.is(printable(`${text} \u001b`), `${shown} \\x1b`);
  });

const KEPT = [
  "ws://h/?token-file=/run/token",
  "ws://h/?token-env=LOOM_TOKEN",
  "crypt://user@host:7667/preshared=/etc/key",
  "a token is wanted: ?token=TOKEN",
  "wire://loss=5,delay=20+5N{udp://1->h:2}",
  "crypt://user@host:7667",
  "ws://host:8080/room/a@b",
  "ws://[fd00::1]:8080/room/a@b",
  "multi://{udp://9000->host:9000}{crypt://user@host:7667}",
  "bond://{udp://:9000,ws://host:80,crypt://user@host:7667}",
  "ws://h/?monkey=1&keys=2&compass=n&design=x",
  "dgram:///tmp/a->/tmp/b",
  "tokens=5",
];

const LONG = 100_000;

test("a long text is looked through once, whatever a peer has written in it", () => {
  for (const part of ["a", "://a:b", "?a=", ".'", "?token=.'", "a@b:", "%", "ws://a", "ws://a:@"])
    assert.ok(withoutSecrets(`@${part.repeat(LONG)}@=?token=${part.repeat(LONG)}x y`).endsWith(" y"), part);
});

for (const text of KEPT) test(`${text} is shown as it is`, () => assert.is(withoutSecrets(text), text));

test.run();
