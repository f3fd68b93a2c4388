_loom() {
  local tool=${COMP_WORDS[0]##*/} words
  [ "$tool" = loom ] && tool=${COMP_WORDS[1]} && [ "$COMP_CWORD" = 1 ] && tool=
  case $tool in
    switch|vde_switch) words="--numports --hub --fstp --macaddr --priority --hashsize --sock --mode --dirmode --group --daemon --pidfile --rcfile --mgmt --mgmtmode --mgmtgroup --nostdin --debugclients --tap --mtu --qlen --transparent --help --version" ;;
    *) words="switch" ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _loom loom vde_switch
