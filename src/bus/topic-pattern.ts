/** Most bytes a routing key or binding key may have: AMQP 0-9-1 sends both as a short string. */
const MAX_KEY_BYTES = 255;

/**
 * Refuses a topic or pattern that no AMQP broker could carry, so that the embedded bus is not more lenient.
 * @throws RangeError when the text has more than 255 bytes in UTF-8
 */
export function checkKeyLength(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES) throw new RangeError(`a topic has at most ${MAX_KEY_BYTES} bytes, this one has ${bytes}`);
}

/**
 * Compiles an AMQP topic pattern: words are separated by dots, `*` stands for exactly one word, `#` for any number
 * of words, none included. The empty topic has no words at all, as in RabbitMQ.
 * @returns whether a topic matches; takes time in proportion to words of topic x words of pattern at most
 */
export function topicMatcher(pattern: string): (topic: string) => boolean {
  const wanted = wordsOf(pattern);
  return (topic) => matches(wanted, wordsOf(topic));
}

function wordsOf(key: string): string[] {
  return key === '' ? [] : key.split('.');
}

/** Only the last `#` passed is ever widened: an earlier one could not match more than the later one already does. */
function matches(wanted: readonly string[], words: readonly string[]): boolean {
  let at = 0;
  let hash = -1;
  let resume = 0;
  for (let word = 0; word < words.length;) {
    if (wanted[at] === '#') {
      hash = at++;
      resume = word;
    } else if (at < wanted.length && (wanted[at] === '*' || wanted[at] === words[word])) {
      at++;
      word++;
    } else if (hash >= 0) {
      at = hash + 1;
      word = ++resume;
    } else {
      return false;
    }
  }
  return wanted.slice(at).every((rest) => rest === '#');
}
