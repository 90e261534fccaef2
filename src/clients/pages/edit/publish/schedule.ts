/** Publishing at a time that the author chooses, in the author's time zone. */
import type { Document } from '../../../../../schemas/http.ts';
import { schedule as texts } from '../../../../messages/en/publish.ts';
import type { Answer, Api } from '../../common/api.ts';
import { fill, h } from '../../common/dom.ts';
import { problemText } from '../../common/problem-text.ts';
import { fromLocalField, inFull, toLocalField, zoneName } from '../../common/when.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export interface ScheduleOptions {
  readonly api: Pick<Api, 'schedule' | 'unschedule'>;
  readonly documentId: string;
  readonly onChanged: () => Promise<unknown>;
  /** Whether a document that lacks something is to be published as it is; true when it lacks nothing. */
  readonly confirmIncomplete: () => Promise<boolean>;
}

export interface Schedule {
  readonly element: HTMLElement;
  show(document: Document): void;
  /** Why it cannot be used at the moment, or null. */
  setObstacle(reason: string | null): void;
}

/** The next full hour that is at least half an hour away. */
const suggestion = (now: number) => Math.ceil((now + HOUR / 2) / HOUR) * HOUR;

export function createSchedule({ api, documentId, onChanged, confirmIncomplete }: ScheduleOptions): Schedule {
  const error = h('p', { class: 'error', role: 'alert' });
  const field = h('input', { id: 'publish-at', type: 'datetime-local', required: true });
  const submit = h('button', { type: 'submit', class: 'button' }, texts.submit);
  const zone = h('p', { class: 'hint' }, texts.zone(zoneName()));
  const form = h(
    'form',
    { class: 'schedule-form', onsubmit: (event: SubmitEvent) => void set(event) },
    h('label', { for: 'publish-at' }, texts.label),
    h('span', { class: 'schedule-row' }, field, submit),
    zone,
  );
  const later = h('details', { class: 'later' }, h('summary', {}, texts.later), form);
  const pendingText = h('span', {});
  const cancel = h(
    'button',
    { type: 'button', class: 'button', onclick: () => void run(() => api.unschedule(documentId)) },
    texts.cancel,
  );
  const pending = h('div', { class: 'pending' }, pendingText, cancel);

  later.addEventListener('toggle', () => {
    if (!later.open || field.value !== '') return;
    field.min = toLocalField(Date.now());
    field.value = toLocalField(suggestion(Date.now()));
  });

  async function run(action: () => Promise<Answer<unknown>>): Promise<boolean> {
    fill(error);
    submit.disabled = true;
    cancel.disabled = true;
    const answer = await action();
    await onChanged();
    submit.disabled = false;
    cancel.disabled = false;
    if (!answer.ok) fill(error, problemText(answer.problem));
    return answer.ok;
  }

  async function set(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const at = fromLocalField(field.value);
    if (at === null || at <= Date.now()) {
      fill(error, texts.inPast);
      return;
    }
    if (!(await confirmIncomplete())) return;
    if (await run(() => api.schedule(documentId, new Date(at).toISOString()))) later.open = false;
  }

  return {
    element: h('div', { class: 'schedule' }, pending, later, error),
    show({ scheduled }) {
      pending.hidden = scheduled === null;
      const summary = later.firstElementChild;
      if (summary !== null) summary.textContent = scheduled === null ? texts.later : texts.change;
      pendingText.textContent = scheduled === null ? '' : texts.pending(inFull(Date.parse(scheduled.at)));
    },
    setObstacle(reason) {
      submit.disabled = reason !== null;
      cancel.disabled = reason !== null;
    },
  };
}
