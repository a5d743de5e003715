import type { Command, Option } from 'commander';

/** A word that may come next on a command line, and what it does. */
export interface CompletionWord {
  readonly word: string;
  readonly description: string;
}

/** A command as completion sees it. */
export interface CompletionNode {
  /** The words that lead to it, with spaces between; empty for the program itself. */
  readonly path: string;
  /** Its commands, the choices of its first argument, and its long options. */
  readonly words: readonly CompletionWord[];
}

/** The program and all its commands, each before those below it. */
export function completionNodes(command: Command, path = ''): CompletionNode[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  const [argument] = command.registeredArguments;
  const words: CompletionWord[] = [
    ...commands.map((one) => ({ word: one.name(), description: help.subcommandDescription(one) })),
    ...(argument?.argChoices ?? []).map((word) => ({ word, description: argument!.description })),
    ...help.visibleOptions(command).flatMap((option) => optionWords(option)),
  ];
  // The help command takes the names of the others and has nothing below.
  const below = commands.filter((one) => one.name() !== 'help');
  const nodes = below.flatMap((one) => completionNodes(one, path === '' ? one.name() : `${path} ${one.name()}`));
  return [{ path, words }, ...nodes];
}

function optionWords({ long, description }: Option): CompletionWord[] {
  return long ? [{ word: long, description }] : [];
}
