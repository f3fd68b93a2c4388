// Users and groups by name and number, as the machine lists them.

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findGroup, findUser, groupName, identityOf, userName } from "../../host-node/native/accounts.js";

const test = suite("accounts");

const fields = (path: string) =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(":"));
const users = fields("/etc/passwd");
const groups = fields("/etc/group");

test("finds every user and group of the machine's files, by name and by number", () => {
  for (const [name = "", , id] of users) assert.is(findUser(name), Number(id), name);
  for (const [name = "", , id] of groups) assert.is(findGroup(name), Number(id), name);
  assert.equal([userName(0), groupName(0)], ["root", "root"]);
});

test("takes digits for who has no name, and nothing else", () => {
  assert.equal([findUser("4000000000"), findGroup("4000000000")], [4_000_000_000, 4_000_000_000]);
  for (const name of ["", "no such name", "12x", "-1", "4294967295", "99999999999", "0x10"]) {
    assert.equal([findUser(name), findGroup(name)], [undefined, undefined], name);
  }
  assert.equal([userName(4_000_000_000), groupName(4_000_000_000)], ["4000000000", "4000000000"]);
});

test("knows members by their own group, by those they hold, and by the machine's lists", () => {
  assert.ok(identityOf(1, 7).inGroup(7));
  assert.ok(identityOf(1, 7, [8, 9]).inGroup(9));
  assert.not.ok(identityOf(4_000_000_000, 7).inGroup(0));
  for (const [name, , uid, gid] of users) {
    const who = identityOf(Number(uid), 4_000_000_000);
    for (const [group, , number, members = ""] of groups) {
      const listed = members.split(",").includes(name ?? "") || number === gid;
      assert.is(who.inGroup(Number(number)), listed, `${name} in ${group}`);
    }
  }
});

test.run();
