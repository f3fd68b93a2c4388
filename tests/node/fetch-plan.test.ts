// What a page fetches for a guest, and what it does not: rules hold for where the browser really goes.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Head } from "../../host/http/request.js";
import { settle } from "../../host/slirp/options.js";
import { Policy } from "../../host/slirp/policy.js";
import { parseRule } from "../../host/slirp/rule.js";
import { FetchPlan, UnfitRequest } from "../../host-browser/gateway/fetch-plan.js";
import { BOTH } from "../slirp/guest.js";

const test = suite("fetch plan");

function plan(https: boolean, rules: { allow?: readonly string[]; deny?: readonly string[] }, hostLoopback = false) {
  const read = { allow: (rules.allow ?? []).map(parseRule), deny: (rules.deny ?? []).map(parseRule) };
  return new FetchPlan(new Policy(settle({ ...BOTH, ...read, hostLoopback })), { https }, hostLoopback);
}

/** The URL that is fetched, or why none is. */
function asked(made: FetchPlan, host: string): string | number {
  const head: Head = { method: "GET", target: "/a", isOld: false, headers: [["Host", host]] };
  return outcome(() => made.ask(head, host, []).url);
}

function outcome<T>(act: () => T): T | number {
  try {
    return act();
  } catch (error) {
    if (error instanceof UnfitRequest) return error.fault.status;
    throw error;
  }
}

test("a rule for a port holds where the page asks by https", () => {
  const rules = { deny: ["10.0.0.0/8:443"] };
  assert.is(asked(plan(true, rules), "10.1.1.1"), 403);
  assert.is(asked(plan(false, rules), "10.1.1.1"), "http://10.1.1.1/a");
  assert.is(asked(plan(true, { deny: ["10.0.0.0/8:80"] }), "10.1.1.1"), "https://10.1.1.1/a");
  assert.is(asked(plan(true, { allow: ["10.0.0.0/8:80"] }), "10.1.1.1"), 403);
  assert.is(asked(plan(true, { allow: ["10.0.0.0/8:80-443"] }), "0x0a010101"), "https://10.1.1.1/a");
});

test("a redirection is judged by the port that it leads to", () => {
  const made = plan(false, { deny: ["10.0.0.0/8:8080", "10.0.0.0/8:443"] });
  const judged = (url: string) => outcome(() => made.judge(url, "http://198.51.100.7/"));
  const urls = ["http://10.1.1.1/", "http://10.1.1.1:8080/", "https://10.1.1.1/", "https://10.1.1.1:444/"];
  assert.equal(urls.map(judged), [undefined, 403, 403, undefined]);
});

test("no page fetches for a guest what a cloud tells its machines, however it is written", () => {
  for (const host of ["169.254.169.254", "0xa9fea9fe", "[fd00:ec2::23]", "[::ffff:169.254.169.254]", "[fd20:ce::254]"])
    assert.is(asked(plan(false, {}), host), 403, host);
});

test("an address that leads to this machine does so where its loopback is open", () => {
  assert.is(asked(plan(false, {}, true), "10.0.2.2"), "http://127.0.0.1/a");
  assert.is(asked(plan(false, { deny: ["127.0.0.0/8"] }, true), "10.0.2.2"), 403);
  assert.is(asked(plan(false, {}), "localhost"), 403);
});

test.run();
