/**
 * The examples of the documents as a test runs them: code blocks by language and chapter, and shell sessions whose `# ->` lines
 * say what each step prints.
 */
import { spawn } from 'node:child_process';

/** Chapters (`## `) of a page by their heading. */
export function chapters(page: string): Map<string, string> {
  const parts = page.split(/^## /m).slice(1);
  return new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n'))]));
}

export function codeBlocks(text: string, language: string): string[] {
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .filter(([, found]) => found === language)
    .map(([, , code]) => code ?? '');
}

/** Commands, and what they print; nothing, if that is what the page shows. */
export interface Step {
  readonly commands: string;
  readonly printed: string;
}

const SHOWN = /^# -> ?(.*)$/;

/** A block's steps: each ends with the `# ->` lines of what it prints, the last one with the block. */
export function stepsOf(block: string): Step[] {
  const steps: Step[] = [];
  let commands: string[] = [];
  let printed: string[] = [];
  const end = (): void => {
    if (commands.some((line) => line.trim() !== '')) {
      steps.push({ commands: commands.join('\n'), printed: printed.join('\n') });
    }
    [commands, printed] = [[], []];
  };
  for (const line of block.split('\n')) {
    const [, shown] = SHOWN.exec(line) ?? [];
    if (shown !== undefined) printed.push(shown);
    else {
      if (printed.length > 0) end();
      commands.push(line);
    }
  }
  end();
  return steps;
}

/** What a step has to print: `…` stands for anything on its line, alone on a line for any lines. */
export function pattern({ printed }: Step): RegExp {
  const escaped = printed.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/^…$/gm, '[\\s\\S]*').replaceAll('…', '.*')}$`);
}

export interface Session {
  /** What each step printed, without line ends at the end; as many as were run. */
  readonly printed: readonly string[];
  readonly errors: string;
  readonly status: number | null;
  /** Variables as they are at the end. */
  readonly variables: Readonly<Record<string, string>>;
}

const MARK = '\u0001';

/** Runs the steps in one bash, which ends at the first command that fails. */
export async function runSession(
  steps: readonly Step[],
  options: { cwd: string; env: NodeJS.ProcessEnv; variables: readonly string[]; timeoutMs: number },
): Promise<Session> {
  const prints = options.variables.map((name) => `printf '%s=%s${MARK}' ${name} "$${name}"`);
  const script = ['set -euo pipefail', ...steps.map(({ commands }) => `${commands}\nprintf '${MARK}'`), ...prints];
  const child = spawn('bash', ['--norc', '-c', script.join('\n')], {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  const parts = output.split(MARK);
  const variables = parts.slice(steps.length).flatMap((part) => {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/s.exec(part) ?? [];
    return name === '' ? [] : [[name, value] as const];
  });
  return {
    printed: parts.slice(0, steps.length).map((part) => part.replace(/\n+$/, '')),
    errors,
    status,
    variables: Object.fromEntries(variables),
  };
}
