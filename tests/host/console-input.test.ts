// What goes wrong at a console, and what it says to it. The switch forwards on.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as abi from "../../assembly/abi.js";
import { consoleBench } from "./console-bench.js";

const test = suite("bad console input");

/** Sent, and the whole of the answer; "[]" stands for empty brackets. */
const TABLE: readonly (readonly [string, string])[] = [
  ["bogus", "1038 Function not implemented: there is no such command, see help"],
  ["port", "1038 Function not implemented: there is no such command, see help"],
  ["PORT/PRINT", "1038 Function not implemented: there is no such command, see help"],
  ["port/pri", "1038 Function not implemented: there is no such command, see help"],
  ["\x1b[Ahelp", "1038 Function not implemented: there is no such command, see help"],
  ["🙂", "1038 Function not implemented: there is no such command, see help"],
  ["vlan/create", "1022 Invalid argument: vlan/create wants N"],
  ["vlan/create x", "1022 Invalid argument: N is a number, not x"],
  ["vlan/create 7x", "1022 Invalid argument: N is a number, not 7x"],
  ["vlan/create 1e3", "1022 Invalid argument: N is a number, not 1e3"],
  ["vlan/create 7.0", "1022 Invalid argument: N is a number, not 7.0"],
  ["vlan/create 0x10", "1022 Invalid argument: N is a number, not 0x10"],
  ["vlan/create \x1b[2J", "1022 Invalid argument: N is a number, not \\x1b[2J"],
  ["vlan/create 99999999999999999999", "1022 Invalid argument: N is a number, not 99999999999999999999"],
  ["vlan/create 0", "1022 Invalid argument: a VLAN is 1 to 4094"],
  ["vlan/create -1", "1022 Invalid argument: a VLAN is 1 to 4094"],
  ["vlan/create 4095", "1022 Invalid argument: a VLAN is 1 to 4094"],
  ["vlan/create 7", "1017 File exists: VLAN 7 is there already"],
  ["vlan/remove 9", "1006 No such device or address: there is no VLAN 9: make it with vlan/create"],
  ["vlan/remove 7", "1098 Address already in use: port 2 is in VLAN 7"],
  ["vlan/remove 0", "1098 Address already in use: port 1 is in VLAN 0"],
  ["vlan/addport 7", "1022 Invalid argument: vlan/addport wants N PORT"],
  ["vlan/addport 7 08", "1022 Invalid argument: PORT is a number, not 08"],
  ["vlan/addport 9 1", "1006 No such device or address: there is no VLAN 9: make it with vlan/create"],
  ["vlan/addport 7 9", "1006 No such device or address: there is no port 9"],
  ["vlan/addport 7 33", "1022 Invalid argument: ports are 0 to 32"],
  ["vlan/delport 0 1", "1098 Address already in use: VLAN 0 is the untagged one of port 1: port/setvlan"],
  ["vlan/print 4095", "[]1022 Invalid argument: VLANs are 0 to 4094"],
  ["port/print 9", "[]1006 No such device or address: there is no port 9"],
  ["port/print 3", "[]1006 No such device or address: nothing is plugged into port 3, see port/allprint"],
  ["port/print -1", "[]1022 Invalid argument: ports are 0 to 32"],
  ["port/create 3", "1017 File exists: port 3 is there already"],
  ["port/create 33", "1022 Invalid argument: ports are 0 to 32"],
  ["port/remove 1", "1098 Address already in use: port 1 has endpoints: close them first"],
  ["port/setnumports 0", "1022 Invalid argument: the number of ports is 1 to 4096"],
  ["port/setnumports 2", "1098 Address already in use: remove port 3 first"],
  ["port/setvlan 1", "1022 Invalid argument: port/setvlan wants N VLAN"],
  ["port/setvlan 1 4096", "1022 Invalid argument: VLANs are 0 to 4094"],
  ["port/setuser 1", "1022 Invalid argument: a user is a name, a number, or NONE"],
  ["port/setuser 1 nosuch", "1022 Invalid argument: there is no user nosuch"],
  ["port/setgroup 1 nosuch", "1022 Invalid argument: there is no group nosuch"],
  ["port/epclose 1 77", "1006 No such device or address: port 1 has no endpoint 77"],
  ["port/epqlen 1 1 0", `1022 Invalid argument: a queue is 1 to ${abi.QUEUE_COUNT} frames`],
  [`port/defqlen ${abi.QUEUE_COUNT + 1}`, `1022 Invalid argument: a queue is 1 to ${abi.QUEUE_COUNT} frames`],
  ["port/setmaclimit 1 65537", "1022 Invalid argument: the limit is 0 to 65536"],
  ["port/settrunk 9 1", "1006 No such device or address: there is no port 9"],
  ["port/setmtu 45", "1022 Invalid argument: the MTU is 46 to 9216"],
  ["port/setmtu 9217", "1022 Invalid argument: the MTU is 46 to 9216"],
  ["port/stats 9", "[]1006 No such device or address: there is no port 9"],
  ["hash/setsize 0", "1022 Invalid argument: the hash size is 1 to 1073741824"],
  ["hash/setexpire -1", "1022 Invalid argument: N is 0 to 4294967"],
  ["hash/setexpire 4294968", "1022 Invalid argument: N is 0 to 4294967"],
  ["hash/setlimit -1", "1022 Invalid argument: the limit is 0 to 65536"],
  ["hash/find", "[]1022 Invalid argument: hash/find wants MAC [VLAN]"],
  ["hash/find 1:2:3", "[]1022 Invalid argument: 1:2:3 is no address like 2:0:0:0:0:1"],
  ["hash/find 2:0:0:0:0:1", "[]1019 No such device: 02:00:00:00:00:01 was not seen in VLAN 0"],
  ["hash/flush 9", "1006 No such device or address: there is no VLAN 9: make it with vlan/create"],
  ["fstp/setedge 0 33 1", "1022 Invalid argument: ports are 0 to 32"],
  ["fstp/bonus 9 1 1", "1006 No such device or address: there is no VLAN 9: make it with vlan/create"],
  ["fstp/bonus 0 1 2147483648", "1022 Invalid argument: COST is -2147483647 to 2147483647"],
  ["fstp/print 9", "[]1006 No such device or address: there is no VLAN 9: make it with vlan/create"],
  ["load", "1002 No such file or directory"],
  ["load nosuch", "1002 No such file or directory: nosuch"],
  ["debug/add nosuch", "1022 Invalid argument: no category begins with nosuch, see debug/list"],
  ["debug/del port", "1002 No such file or directory: none of them is on"],
  ["plugin/add", "1022 Invalid argument: which plugin?"],
  ["plugin/add nosuch", "1002 No such file or directory: nosuch"],
  ["plugin/del", "1002 No such file or directory: no such plugin is loaded, see plugin/list"],
];

function bench() {
  const made = consoleBench({ setups: [{ port: 1 }, { port: 2, tagged: [7] }] });
  made.sw.ports.create(3);
  return { ...made, one: made.open() };
}

for (const [sent, expected] of TABLE) {
  test(JSON.stringify(sent), async () => {
    const { one, say } = bench();
    assert.is(await one.say(sent), `${expected.replace("[]", "0000 DATA END WITH '.'\n.\n")}\n`);
    assert.equal(say(1, "a > b"), ["2: a > b"]);
  });
}

test("noise of all octets is answered, and the switch forwards on", async () => {
  const { one, say } = bench();
  const noise = Array.from({ length: 3000 }, (_, i) => String.fromCharCode((i * 31 + (i >> 5) * 7) & 255)).join("");
  await one.send(noise);
  await one.send("\n");
  assert.is(await one.say("vlan/create 9"), "1000 Success\n");
  assert.equal(say(1, "a > b"), ["2: a > b"]);
});

test.run();
