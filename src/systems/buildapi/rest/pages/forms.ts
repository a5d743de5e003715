import { type Html, markup } from '../../../../server/html.js';

/** A button that sends a write. */
export interface Action {
  readonly label: string;
  /** What it is about, for those who do not see where it stands. */
  readonly subject: string;
  readonly address: string;
  /** Method that the POST means. */
  readonly method?: 'PUT' | 'DELETE';
  readonly fields?: Readonly<Record<string, string | number>>;
  /** Whether the person says how many. */
  readonly withCount?: boolean;
}

/** The form of an action: a POST, with the method it means as a hidden field. */
export function actionForm({ label, subject, address, method, fields = {}, withCount }: Action): Html {
  const hidden = Object.entries({ ...(method && { _method: method }), ...fields });
  return markup`<form method="post" action="${address}">
${hidden.map(([name, value]) => markup`<input type="hidden" name="${name}" value="${value}">`)}
${withCount && markup`<label>Count <input type="number" name="count" value="1" min="1" max="1000" aria-label="Count for ${subject}"></label>`}
<button aria-label="${label}: ${subject}">${label}</button>
</form>`;
}
