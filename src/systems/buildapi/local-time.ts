/** A time as the digits `YYYYMMDDhhmmss` of a time zone; `micros` since 1970. Build ids are such (section 7.4). */
export function localDigits(micros: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(micros / 1000);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}${part('month')}${part('day')}${part('hour')}${part('minute')}${part('second')}`;
}
