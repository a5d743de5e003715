import { parseOffsetTime, type OffsetTime } from '../../core/time.js';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Zones that go by a name. */
const ZONES: ReadonlyMap<string, string> = new Map([
  ['', '+00:00'],
  ['z', '+00:00'],
  ['ut', '+00:00'],
  ['utc', '+00:00'],
  ['gmt', '+00:00'],
  ['est', '-05:00'],
  ['edt', '-04:00'],
  ['cst', '-06:00'],
  ['cdt', '-05:00'],
  ['mst', '-07:00'],
  ['mdt', '-06:00'],
  ['pst', '-08:00'],
  ['pdt', '-07:00'],
]);

/** Blanks and a comment at the end are of RFC 2822. No two runs of blanks are neighbours: matching takes linear time. */
const RFC2822 = new RegExp(
  [
    /^[ \t]*(?:(?:mon|tue|wed|thu|fri|sat|sun)[ \t]*,[ \t]*)?/,
    /(?<day>\d{1,2})[ \t]+(?<name>[a-z]{3})[ \t]+(?<year>\d{4}|\d\d)[ \t]+/,
    /(?<clock>\d\d:\d\d)(?::(?<second>\d\d))?(?:[ \t]*(?<zone>[+-]\d{4})|[ \t]+(?<zone>[a-z]{1,3}))?/,
    /[ \t]*(?:\([^()]*\)[ \t]*)?$/,
  ]
    .map(({ source }) => source)
    .join(''),
  'i',
);
const ISO =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)[T ](?<clock>\d\d:\d\d)(?::(?<second>\d\d)(?:\.(?<fraction>\d+))?)?(?<zone>Z|[+-]\d\d:?\d\d)?$/i;

/**
 * Reads a time as clients and import files give it: RFC 2822 or ISO 8601, in UTC where no zone is said; digits beyond
 * microseconds are cut off (contract devmason, section 4.10). Null when it is neither, or no date, or one that a column
 * cannot hold (before 1685, after 2254).
 */
export function parseReported(text: string): OffsetTime | null {
  const parts = (RFC2822.exec(text) ?? ISO.exec(text))?.groups;
  if (!parts) return null;
  const { year = '', day = '', name = '', clock = '', second = '00', fraction = '0', zone = '' } = parts;
  const month = parts.month ?? String(MONTHS.indexOf(name.toLowerCase()) + 1).padStart(2, '0');
  const date = `${fullYear(year)}-${month}-${day.padStart(2, '0')}`;
  return parseOffsetTime(`${date}T${clock}:${second}.${fraction.slice(0, 6)}${zoneText(zone)}`);
}

/** Two digits mean a year from 1950 to 2049. */
function fullYear(year: string): string {
  if (year.length === 4) return year;
  return `${year < '50' ? '20' : '19'}${year}`;
}

/** The zone as `±hh:mm`; one of letters that is not known stays, and makes the time none. */
function zoneText(zone: string): string {
  if (/^[+-]/.test(zone)) return `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  return ZONES.get(zone.toLowerCase()) ?? zone;
}
