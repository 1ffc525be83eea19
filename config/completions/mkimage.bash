# SPDX-License-Identifier: MIT
# Completion of mkimage for bash. What mkimage says of itself is what is offered: nothing here has to
# be kept up to date.

_mkimage() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]} verbs
  verbs=$("${COMP_WORDS[0]}" --help 2>/dev/null | sed -n 's/^  mkimage \([a-z]*\) [A-Z].*/\1/p')
  [[ " ${verbs//$'\n'/ } " == *" $verb "* ]] || verb=build

  COMPREPLY=()
  case $previous in
    --scheme) COMPREPLY=($(compgen -W 'gpt mbr' -- "$word")) ;;
    --fat) COMPREPLY=($(compgen -W '12 16 32' -- "$word")) ;;
    --sector-size) COMPREPLY=($(compgen -W '512 4096' -- "$word")) ;;
    *)
      if [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "$verb" --help 2>/dev/null |
          grep -oE -- '(^|[ ,])--[a-z][a-z0-9-]*' | tr -d ' ,' | sort -u)" -- "$word"))
        return
      fi
      ((COMP_CWORD > 1)) || COMPREPLY=($(compgen -W "$verbs" -- "$word"))
      mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$word")
      compopt -o filenames 2>/dev/null
      ;;
  esac
}
complete -F _mkimage mkimage
