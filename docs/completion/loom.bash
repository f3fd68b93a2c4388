_loom() {
  local tool=${COMP_WORDS[0]##*/} words
  [ "$tool" = loom ] && tool=${COMP_WORDS[1]} && [ "$COMP_CWORD" = 1 ] && tool=
  case $tool in
    switch|vde_switch) words="--numports --hub --fstp --macaddr --priority --hashsize --sock --mode --dirmode --group --daemon --pidfile --rcfile --mgmt --mgmtmode --mgmtgroup --nostdin --debugclients --tap --link --slirp --api --api-token-file --mtu --qlen --watchdog --ws --ws-room --ws-rooms --ws-room-clients --ws-origin --ws-token-file --ws-tls-cert --ws-tls-key --ws-clients --ws-address-clients --ws-rate --ws-burst --ws-macs --ws-idle --ws-proxy --transparent --help --version" ;;
    plug|vde_plug) words="--daemon --pidfile --log --iplog --group --group2 --mod --mod2 --port --port2 --descr --reconnect --noreconnect --command --help --version" ;;
    pipe|dpipe) words="--daemon --pidfile --pgrpfile --nowrapproc --nowrapnoclean --help --version" ;;
    plug2tap|vde_plug2tap) words="--sock --port --group --mod --daemon --pidfile --reconnect --noreconnect --help --version" ;;
    pcapplug|vde_pcapplug) words="--sock --port --group --mod --daemon --pidfile --reconnect --noreconnect --help --version" ;;
    wire|wirefilter) words="--loss --lostburst --delay --dup --bandwidth --speed --noise --mtu --chanbufsize --burst --qlen --codel --correlation --reorder --nofifo --mgmt --mgmtmode --rcfile --vde-plug --daemon --pidfile --reconnect --noreconnect --blink --blinkid --preset --seed --nostdin --help --version" ;;
    crypt|vde_cryptcab) words="--sock --port --connect --preshared --noencrypt --compat --keepalive --verbose --daemon --pidfile --reconnect --noreconnect --handover --help --version" ;;
    term|vdeterm) words="--help --version" ;;
    rawterm|unixterm) words="--help --version" ;;
    ctl|unixcmd|vdecmd) words="--sock --rcfile --trace --help --version" ;;
    qemu|vdeq|vdeqemu|vdekvm) words="--help --version" ;;
    slirp|slirpvde) words="--sock --daemon --pidfile --reconnect --noreconnect --port --group --mod --quiet --tcp --udp --display --redirect --tftp --bootfile --isolate --restrict --allow --deny --mgmt --mgmtmode --api --api-token-file --limit --mtu --host --network --dns --dhcp --help --version" ;;
    slirp6|slirpvde6) words="--sock --daemon --pidfile --reconnect --noreconnect --port --group --mod --quiet --tcp --udp --display --redirect --tftp --bootfile --isolate --restrict --allow --deny --mgmt --mgmtmode --api --api-token-file --limit --mtu --host --dns --dhcp --radv --radvdrc --help --version" ;;
    *) words="switch plug pipe plug2tap pcapplug wire crypt term rawterm ctl qemu slirp slirp6" ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _loom loom vde_switch vde_plug dpipe vde_plug2tap vde_pcapplug wirefilter vde_cryptcab vdeterm unixterm unixcmd vdecmd vdeq vdeqemu vdekvm slirpvde slirpvde6
