"""The scripts that switch completion on in bash, zsh and fish.

Each asks the program that is being typed, or where that is none, such as an alias, `mlpcli`, never
a function of that name. What the program says on stderr is nothing for a prompt.
"""

# Words are offered in the order in which they come; from 4.4 on, bash can.
BASH = r"""
_mlpcli_completion() {
    local IFS=$' \t\n' program=${1-mlpcli} line=${COMP_LINE-} word
    program=${program/#'~/'/"${HOME-}/"}
    type -P -- "$program" >/dev/null || program=mlpcli
    line=${line:0:${COMP_POINT:-${#line}}}
    [[ $line ]] || line="${COMP_WORDS[*]-}"
    word=${2-${line##*[ =:<>]}}
    COMPREPLY=()
    mapfile -t COMPREPLY < <(
        export _MLPCLI_COMPLETE=bash_complete COMP_LINE=$line COMP_WORD=$word
        command "$program" 2>/dev/null
    )
    [[ ${COMPREPLY[*]-} ]] || COMPREPLY=()
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=/] ]]; then
        compopt -o nospace 2>/dev/null
    fi
    return 0
}
complete -o nosort -F _mlpcli_completion mlpcli 2>/dev/null ||
    complete -F _mlpcli_completion mlpcli
""".lstrip()

ZSH = r"""
#compdef mlpcli
_mlpcli_completion() {
    local program=${~words[1]} each word said
    local -a answer ended open
    whence -p -- $program >/dev/null || program=mlpcli
    answer=("${(@f)$(
        export _MLPCLI_COMPLETE=zsh_complete
        export COMP_LINE="${(j: :)words[1,CURRENT-1]} ${QIPREFIX-}${PREFIX-}"
        command $program 2>/dev/null
    )}")
    for each in $answer; do
        word=${each%%$'\t'*} said=
        word=${${word//\\/\\\\}//:/\\:}  # as _describe reads it
        [[ $each == *$'\t'* ]] && said=:${each#*$'\t'}
        [[ $word == *[=/] ]] && open+=("$word$said") || ended+=("$word$said")
    done
    local -a how=(-Q -M 'l:|=* r:|=*')
    _describe -V mlpcli ended $how -- open $how -S ''
}
if [[ ${zsh_eval_context[-1]-} == loadautofunc ]]; then
    _mlpcli_completion "$@"
else
    (( ${+functions[compdef]} )) || { autoload -Uz compinit && compinit -i }
    compdef _mlpcli_completion mlpcli
fi
""".lstrip()

FISH = r"""
function __mlpcli_completion
    set -l program (commandline -opc)[1]
    type -q -- $program; or set program mlpcli
    set -lx _MLPCLI_COMPLETE fish_complete
    set -lx COMP_LINE (commandline -pc | string collect)
    command $program 2>/dev/null
end
complete --command mlpcli --erase
complete --command mlpcli --no-files --keep-order --arguments '(__mlpcli_completion)'
""".lstrip()
