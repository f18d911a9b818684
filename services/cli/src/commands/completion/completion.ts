/** `kubectl completion`: a script with which the shell completes commands, types and names. */
import { usageFailure } from '../failure.ts';
import type { ListedVerb, VerbBody } from '../verb.ts';

const shells = ['bash', 'zsh', 'fish'];

/** The script knows the names of `verbs` and of those below them. */
export const completionVerb = (verbs: readonly ListedVerb[]): VerbBody => ({
  about: 'The code completes commands, types and names of objects. `kubectl` in it is whatever that name runs.',
  examples: `# In this bash
source <(kubectl completion bash)

# In every zsh
kubectl completion zsh > "\${fpath[1]}/_kubectl"

# In every fish
kubectl completion fish > ~/.config/fish/completions/kubectl.fish`,
  usage: 'SHELL',
  run: async ({ session, args, path }) => {
    const [shell, ...more] = args;
    if (shell === undefined) throw usageFailure(path, 'Shell not specified.');
    if (more.length > 0) throw usageFailure(path, 'Too many arguments. Expected only the shell type.');
    if (!shells.includes(shell)) throw usageFailure(path, `Unsupported shell type ${JSON.stringify(shell)}.`);
    const loaded = await Promise.all(verbs.map(async ({ name, load }) => ({ name, below: (await load()).verbs ?? [] })));
    const children = loaded
      .filter(({ below }) => below.length > 0)
      .map(({ name, below }) => [name, below.map((verb) => verb.name).join(' ')]);
    const words = verbs.map(({ name }) => name);
    session.io.out(shell === 'fish' ? fishScript(words, children) : bashScript(words, children, shell === 'zsh'));
  },
});

/** Types where a type belongs, then the names of that type's objects. */
function bashScript(words: readonly string[], children: readonly string[][], isZsh: boolean): string {
  const cases = children.map(([name, inner]) => `    ${name}) reply="${inner}" ;;`).join('\n');
  return `${isZsh ? '#compdef kubectl\nautoload -U +X bashcompinit && bashcompinit\n' : ''}_kubectl_complete() {
  local word="\${COMP_WORDS[COMP_CWORD]}" verb="\${COMP_WORDS[1]}" reply=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    reply="${words.join(' ')}"
  elif [ "$COMP_CWORD" -eq 2 ]; then
    case "$verb" in
${cases}
    logs | exec) reply="$(kubectl get pods -o name 2>/dev/null | cut -d/ -f2)" ;;
    *) reply="$(kubectl api-resources -o name 2>/dev/null | cut -d. -f1)" ;;
    esac
  elif [ "$COMP_CWORD" -eq 3 ]; then
    reply="$(kubectl get "\${COMP_WORDS[2]}" -o name 2>/dev/null | cut -d/ -f2)"
  fi
  COMPREPLY=($(compgen -W "$reply" -- "$word"))
}
complete -o default -F _kubectl_complete kubectl
`;
}

function fishScript(words: readonly string[], children: readonly string[][]): string {
  const inner = children.map(([name, list]) => `complete -c kubectl -f -n '__fish_seen_subcommand_from ${name}' -a '${list}'`);
  const types =
    "complete -c kubectl -f -n 'test (count (commandline -opc)) -eq 2' -a '(kubectl api-resources -o name 2>/dev/null | cut -d. -f1)'";
  return `${[`complete -c kubectl -f -n __fish_use_subcommand -a '${words.join(' ')}'`, ...inner, types].join('\n')}\n`;
}
