import { formatOffsetTime } from '../../../core/time.js';
import { parseReported } from '../dates.js';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A datetime that a client sent, as the schema takes it; undefined when it is none. */
export function dateOf(text: string): string | undefined {
  const time = parseReported(text);
  return time ? formatOffsetTime(time) : undefined;
}

/**
 * Writes a datetime of the schema as the old server did: `Thu, 1 Oct 2009 01:02:03 +0000`, with the offset that it has
 * (contract devmason, section 4.10).
 */
export function formatDate(text: string): string {
  const [, year, month, day, clock, hours, minutes] =
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?([+-]\d\d):(\d\d)$/.exec(text)!;
  const weekday = DAYS[new Date(`${year}-${month}-${day}T00:00Z`).getUTCDay()];
  return `${weekday}, ${Number(day)} ${MONTHS[Number(month) - 1]} ${year} ${clock} ${hours}${minutes}`;
}
