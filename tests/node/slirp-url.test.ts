// Gateways by their URL: what is said again holds beside what was said before, and nothing that is said is lost.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { SwitchError } from "../../host/errors.js";
import { address } from "../../host/slirp/address.js";
import { parseVdeUrl } from "../../host/vde/url.js";
import { openSlirp, policyOf } from "../../host-node/transports/slirp.js";
import { readTunnelUrl } from "../../host-node/transports/tunnel-options.js";
import { refuses } from "../refusal.js";

const test = suite("slirp URLs");

function reaches(url: string, ...places: readonly string[]): readonly string[] {
  const policy = policyOf(url);
  return places.filter((place) => policy.target(address(place), 80) !== undefined);
}

test("each deny= and allow= of a URL holds, however many there are and however short they are written", () => {
  const all = ["10.9.9.9", "192.168.5.5", "198.51.100.7"];
  assert.equal(reaches("/deny=10.9.9.9/deny=192.168.5.0'/'24", ...all), ["198.51.100.7"]);
  assert.equal(reaches("/deny=10.9.9.9,192.168.5.5/den=198.51.100.7", ...all), []);
  assert.equal(reaches("/allow=10.9.9.9/v4/allow=192.168.5.5", ...all), ["10.9.9.9", "192.168.5.5"]);
});

for (const url of ["/allow=", "/allow", "/deny=", "/deny=,", "/allow=10.9.9.9,", "/allow=10.9.9.9/allow=", "/tcpfwd="])
  test(`an empty list is refused, since it was meant to say something: ${url}`, () => {
    refuses("EINVAL", () => policyOf(url));
  });

test("an address that some read in octal is refused, since the rule would be about another host", () => {
  for (const rule of ["deny=010.9.9.9", "deny=10.9.9.09'/'24", "allow=::ffff:10.011.9.9"])
    refuses("EINVAL", () => policyOf(`/${rule}`));
  assert.equal(reaches("/deny=10.0.100.0'/'24", "10.0.100.9", "10.100.0.9"), ["10.100.0.9"]);
});

for (const url of ["/host=10.0.3.2/host=10.0.4.2", "/mtu=1400/mtu=1500", "/guestflows=9/guestflows=10", "/hostname="])
  test(`what has one value is given it once: ${url}`, () => {
    refuses("EINVAL", () => policyOf(url));
  });

test("what is switched on by its name is not switched on by saying no", () => {
  for (const url of ["/restricted=no", "/disable_host_loopback=0"]) refuses("EINVAL", () => policyOf(url));
  assert.equal(reaches("/restricted=1", "198.51.100.7"), []);
});

test("each forward of a URL is opened, and verbose says where guests may go", async () => {
  const lines: string[] = [];
  const url =
    "/v4/verbose/unixfwd=7:%2ftmp%2fa/unixfwd=8:%2ftmp%2fb/cmdfwd=9:cat/cmdfwd=10:cat/deny=10.9.9.9/deny=192.168.5.5:25/allow=0.0.0.0%2f0";
  const gateway = await openSlirp(url, { warn: (line) => lines.push(line) });
  gateway.close();
  const said = lines.map((line) => line.replace(/ +/, " "));
  for (const row of ["forward unix:7:/tmp/a", "forward unix:8:/tmp/b", "forward cmd:9:cat", "forward cmd:10:cat"])
    assert.ok(said.includes(row), row);
  for (const row of ["deny 10.9.9.9/32", "deny 192.168.5.5/32:25", "allow 0.0.0.0/0"])
    assert.ok(said.includes(row), row);
});

test("a slash that was meant to be in a value is told of", () => {
  for (const url of [
    "/deny=10.0.0.0/8",
    "/deny=10.0.0.0/8:80",
    "/allow=10.0.0.0/8,192.168.0.0/16",
    "/addr=10.0.3.2/24",
  ]) {
    try {
      policyOf(url);
      assert.unreachable(url);
    } catch (error) {
      assert.match((error as SwitchError).detail, /%2f/);
    }
  }
});

test("other URLs take a value once, too", () => {
  refuses("EINVAL", () => readTunnelUrl("192.0.2.1/port=4789/port=4790", 4_789));
  refuses("EINVAL", () => readTunnelUrl("192.0.2.1/vni=", 4_789));
  refuses("EINVAL", () => parseVdeUrl("/run/net[port=3/mode=600/port=4]"));
});

test.run();
