/**
 * The widgets of one channel on this node share one subscription to it, and what it sends goes to one native topic: a socket
 * more costs a count. Knows no messages but the end of a document.
 */
import type { DraftMessage } from '../../published/draft-display.ts';
import { type EncodedRevision, encodeDraft, goneMessage } from '../../published/public-channels.ts';
import type { CloseReason, PublicationChannel, Subscriber } from '../../published/publication-channel.ts';

export type WidgetChannel = PublicationChannel<EncodedRevision>;

/** To all sockets that subscribe to the topic, in the order of these calls (L4). */
export type Publish = (topic: string, json: string) => void;

export class WidgetTopic implements Subscriber<EncodedRevision> {
  readonly name: string;
  readonly channel: WidgetChannel;
  sockets = 0;
  readonly #publish: Publish;
  readonly #send: (revision: EncodedRevision) => void;
  readonly #sendDraft: (message: DraftMessage) => void;

  constructor(channel: WidgetChannel, publish: Publish) {
    this.name = `w:${channel.id}`;
    this.channel = channel;
    this.#publish = publish;
    this.#send = ({ json }) => publish(this.name, json);
    this.#sendDraft = (message) => publish(this.name, encodeDraft(message).json);
    channel.subscribe(this);
    channel.listeners.add(this.#send);
    channel.draftListeners.add(this.#sendDraft);
  }

  get userId(): undefined {
    return undefined;
  }

  closed({ slug }: WidgetChannel, reason: CloseReason): void {
    if (reason === 'withdrawn') this.#publish(this.name, goneMessage(slug));
  }

  leave(): void {
    this.channel.listeners.delete(this.#send);
    this.channel.draftListeners.delete(this.#sendDraft);
    this.channel.unsubscribe(this);
  }
}

export interface WidgetTopics {
  /** One socket more; `leave` has to follow. */
  join(channel: WidgetChannel): WidgetTopic;
  leave(topic: WidgetTopic): void;
}

export function createWidgetTopics(publish: Publish): WidgetTopics {
  const topics = new WeakMap<WidgetChannel, WidgetTopic>();
  return {
    join(channel) {
      let topic = topics.get(channel);
      if (!topic) {
        topic = new WidgetTopic(channel, publish);
        topics.set(channel, topic);
      }
      topic.sockets += 1;
      return topic;
    },
    leave(topic) {
      topic.sockets -= 1;
      if (topic.sockets > 0) return;
      topics.delete(topic.channel);
      topic.leave();
    },
  };
}
