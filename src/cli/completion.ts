import { Argument, type Command } from 'commander';
import { completionNodes, type CompletionNode } from './command-tree.js';

const EXAMPLES = `
Examples:
  source <(buildgate completion bash)
  buildgate completion zsh > ~/.zfunc/_buildgate
  buildgate completion fish > ~/.config/fish/completions/buildgate.fish`;

const SHELLS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** `buildgate completion`. Register it last: it knows what is there when it runs. */
export function registerCompletion(program: Command): void {
  program
    .command('completion')
    .summary('print the completion of commands and options for a shell')
    .description('Prints a script that makes a shell complete commands and options of buildgate.')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SHELLS)))
    .addHelpText('after', EXAMPLES)
    .action((shell: keyof typeof SHELLS) => {
      process.stdout.write(SHELLS[shell](completionNodes(program)));
    });
}

/** Finds out which command the words before the cursor name; what is no command is a value and does not count. zsh has `path` for itself. */
const FIND_PATH = `  local at='' word
  for word in "\${before[@]}"; do
    case "\${at:+$at }$word" in
      PATHS) at="\${at:+$at }$word" ;;
    esac
  done`;

function findPath(nodes: readonly CompletionNode[]): string {
  const paths = nodes.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  return FIND_PATH.replace('PATHS', () => paths.join(' | '));
}

function bashScript(nodes: readonly CompletionNode[]): string {
  const cases = nodes.map(({ path, words }) => {
    const list = words.map(({ word }) => word).join(' ');
    return `    ${quoted(path)}) words=${quoted(list)} ;;`;
  });
  return `# Completion of buildgate for bash.
_buildgate() {
  local before=("\${COMP_WORDS[@]:1:COMP_CWORD-1}") words=''
${findPath(nodes)}
  case "$at" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _buildgate buildgate
`;
}

function zshScript(nodes: readonly CompletionNode[]): string {
  const cases = nodes.map(({ path, words }) => {
    const list = words.map(({ word, description }) => quoted(`${word.replaceAll(':', '\\:')}:${description}`));
    return `    ${quoted(path)}) entries=(${list.join(' ')}) ;;`;
  });
  return `#compdef buildgate
# Completion of buildgate for zsh.
_buildgate() {
  local -a before entries
  before=("\${(@)words[2,CURRENT-1]}")
${findPath(nodes)}
  case "$at" in
${cases.join('\n')}
  esac
  _describe 'buildgate' entries || _files
}
if [ "$funcstack[1]" = '_buildgate' ]; then _buildgate "$@"; else compdef _buildgate buildgate; fi
`;
}

function fishScript(nodes: readonly CompletionNode[]): string {
  const paths = nodes.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  const lines = nodes.flatMap(({ path, words }) =>
    words.map(({ word, description }) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
      return `complete -c buildgate -n ${quoted(`__buildgate_at ${quoted(path)}`)} ${what} -d ${quoted(description)}`;
    }),
  );
  return `# Completion of buildgate for fish.
function __buildgate_at
  set -l at
  for word in (commandline -opc)[2..]
    set -l longer (string join ' ' -- $at $word)
    contains -- $longer ${paths.join(' ')}; and set at $longer
  end
  test "$at" = "$argv[1]"
end
${lines.join('\n')}
`;
}

/** A text as all three shells take it literally. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
