// What scripts find a daemon by: its name, its executable, its pidfile.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inLab } from "../interop/lab.js";
import { needs } from "../skip.js";
import { MACHINE, onMachine } from "./machine.js";

const test = suite("daemons are found by their names");
const onItsOwn = needs(test, {
  ...MACHINE,
  commands: [...MACHINE.commands!, "start-stop-daemon", "pidof", "pgrep", "killall", "pkill", "busybox"],
});

/** Each tool that goes to the background. Two switches are there, a key, and an interface. */
const DAEMONS: Readonly<Record<string, string>> = {
  vde_switch: "-s /run/third -p $pidfile -d",
  vde_plug: "-p $pidfile -d /run/first /run/second",
  slirpvde: "-s /run/first -p $pidfile -d",
  slirpvde6: "-s /run/first -p $pidfile -d",
  wirefilter: "-v /run/first:/run/second --pidfile $pidfile --daemon",
  vde_cryptcab: "-s /run/first -p 17667 -P /run/key --pidfile $pidfile -d",
  vde_plug2tap: "-s /run/first --pidfile $pidfile -d tap7",
  vde_pcapplug: "-s /run/first --pidfile $pidfile -d card0",
};

/** Commands that say, by their exit code or by a number, whether they find one. */
const FINDERS = [
  "pidof $name",
  "pidof -x $name",
  "pgrep -x $name",
  "pgrep -f ^/run/bin/$name",
  "start-stop-daemon --status --exec /run/bin/$name",
  "start-stop-daemon --status --name $name",
  "start-stop-daemon --status --pidfile $pidfile --exec /run/bin/$name",
  "start-stop-daemon --status --pidfile $pidfile --name $name",
  "busybox start-stop-daemon -K -t -x /run/bin/$name",
  "busybox start-stop-daemon -K -t -n $name",
  "busybox pidof $name",
];

/** Commands that stop one. */
const STOPPERS = [
  "killall $name",
  "pkill -x $name",
  "start-stop-daemon --stop --quiet --exec /run/bin/$name",
  "start-stop-daemon --stop --quiet --name $name",
  "start-stop-daemon --stop --quiet --pidfile $pidfile --exec /run/bin/$name",
  "start-stop-daemon --stop --quiet --retry 30 --pidfile $pidfile --exec /run/bin/$name",
  "busybox start-stop-daemon -K -q -x /run/bin/$name",
];

const START = `
vde_switch -d -s /run/first && vde_switch -d -s /run/second
head -c 32 /dev/urandom >/run/key && chmod 600 /run/key
ip link add card0 type dummy 2>/dev/null || ip tuntap add card0 mode tap
ip link set card0 up
node -e 'setTimeout(() => {}, 1000000)' & other=$!
`;

/** Starts a daemon, looks for it by every finder, and stops it by its executable alone. A line for what is not as it should be. */
function round(name: string, options: string): string {
  const find = FINDERS.map((finder) => `${finder} >out 2>&1 || echo "$name: ${finder}: $?"`);
  const finders = [
    ...find,
    ...["pidof $name", "pgrep -x $name"].map((list) => `[ "$(${list})" = $pid ] || echo ${list}`),
  ];
  return `
    name=${name} pidfile=/run/${name}.pid
    /run/bin/$name ${options} || exit
    pid=$(cat $pidfile)
    [ "$(cat /proc/$pid/comm)" = $name ] || echo "$name is called $(cat /proc/$pid/comm)"
    ${name === "vde_switch" ? find.join("\n") : finders.join("\n")}
    start-stop-daemon --stop --quiet --pidfile $pidfile --exec /run/bin/$name
    soon gone $pid || echo "$name runs on"`;
}

onItsOwn(
  "every daemon is found by its name and by its executable, and nothing else is",
  inLab(async (lab) => {
    const rounds = Object.entries(DAEMONS).map(([name, options]) => round(name, options));
    const last = "start-stop-daemon --stop --quiet --exec /run/bin/vde_switch; soon eval '! pidof vde_switch'";
    const lines = await onMachine(
      lab,
      `${START}${rounds.join("\n")}\n${last}\ngone $other || echo another Node runs on`,
    );
    assert.equal(lines, ["another Node runs on"]);
  }),
);

for (const stopper of STOPPERS) {
  onItsOwn(
    `"${stopper.replaceAll("$name", "vde_switch")}" ends a switch in order`,
    inLab(async (lab) => {
      const lines = await onMachine(
        lab,
        `name=vde_switch pidfile=/run/its.pid
        /run/bin/vde_switch -d -s /run/its -M /run/mgmt -p $pidfile || exit
        pid=$(cat $pidfile)
        ${stopper} || exit
        soon gone $pid && ls /run`,
      );
      assert.equal(lines, ["bin", "home"]);
    }),
  );
}

onItsOwn(
  "a tool that runs in the foreground, or as loom, has its name too",
  inLab(async (lab) => {
    const lines = await onMachine(
      lab,
      `vde_switch -d -s /run/first -M /run/mgmt
      sleep 1000 | vdeterm /run/mgmt >/dev/null & sleep 1000 | unixterm /run/mgmt >/dev/null &
      dpipe vde_plug /run/first = sleep 1000 & loom switch --nostdin -s /run/second &
      for name in vdeterm unixterm dpipe vde_plug loom; do soon pidof $name && echo $name; done
      kill $(pidof vdeterm unixterm dpipe loom)`,
    );
    assert.equal(lines, ["vdeterm", "unixterm", "dpipe", "vde_plug", "loom"]);
  }),
);

test.run();
