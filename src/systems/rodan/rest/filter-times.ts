import { formatTime } from '../../../core/time.js';

/**
 * Times as filters understand them (contract rodan, section 5.3): what Django's forms read, and ISO 8601. Without a zone
 * they are in UTC.
 */

const [CLOCK, ISO_CLOCK] = ['', '[0-9]{0,6}'].map(
  (more) =>
    `(?<hour>[0-9]{1,2}):(?<minute>[0-9]{1,2})(?::(?<second>[0-9]{1,2})(?:\\.(?<fraction>[0-9]{1,6})${more})?)?`,
);
const FORMS: readonly RegExp[] = [
  new RegExp(`^(?<year>[0-9]{4})-(?<month>[0-9]{1,2})-(?<day>[0-9]{1,2})(?:\\s+${CLOCK})?$`),
  new RegExp(`^(?<month>[0-9]{1,2})/(?<day>[0-9]{1,2})/(?<year>[0-9]{4}|[0-9]{2})(?:\\s+${CLOCK})?$`),
  new RegExp(
    `^(?<year>[0-9]{4})-(?<month>[0-9]{1,2})-(?<day>[0-9]{1,2})[T ]${ISO_CLOCK}(?<zone>Z|[+-][0-9]{2}(?::?[0-9]{2})?)?$`,
  ),
];

/** Of two digits the years from 69 are those of the last century. */
const CENTURY_BORDER = 69;

/** The ISO text of the time that a value of a filter stands for; undefined when it stands for none. */
export function readFilterTime(value: string): string | undefined {
  const text = value.trim();
  const groups = FORMS.map((form) => form.exec(text)?.groups).find((found) => found !== undefined);
  return groups && isoText(groups);
}

type Groups = Readonly<Record<string, string | undefined>>;

function isoText(groups: Groups): string | undefined {
  const number = (name: string): number => Number(groups[name] ?? 0);
  const [year, month, day] = [fullYear(groups['year']!), number('month'), number('day')];
  const [hour, minute, second] = [number('hour'), number('minute'), number('second')];
  const offset = offsetOf(groups['zone']);
  if (hour > 23 || minute > 59 || second > 59 || year === 0 || offset === undefined) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute - offset, second);
  if (date.getUTCFullYear() < 1 || date.getUTCFullYear() > 9999) return undefined;
  const fraction = Number((groups['fraction'] ?? '').padEnd(6, '0'));
  return formatTime(date.getTime() * 1000 + fraction);
}

function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length > 2) return year;
  return year < CENTURY_BORDER ? 2000 + year : 1900 + year;
}

/** Minutes east of UTC; undefined when there is no such zone. */
function offsetOf(zone = 'Z'): number | undefined {
  if (zone === 'Z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(':', ''))];
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
