import { useEffect, useRef, useState, type ReactNode } from 'react';
import { AnsiText } from './ansi.js';
import type { JobDetail } from './live-build.js';

/** How near to its end a text is read as at its end, in pixels. */
const NEAR = 24;

/** What the jobs of a build wrote, in their order. Follows its end until one scrolls back. */
export function Output({ jobs }: { readonly jobs: readonly JobDetail[] }): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [isFollowed, setFollowed] = useState(false);
  const written = jobs.flatMap((job) => {
    const texts = textsOf(job);
    return texts.length > 0 ? [{ job, texts }] : [];
  });
  useEffect(() => {
    if (isFollowed && box.current) box.current.scrollTop = box.current.scrollHeight;
  });
  if (written.length === 0) return null;
  const onScroll = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = box.current!;
    if (isFollowed && scrollTop + clientHeight < scrollHeight - NEAR) setFollowed(false);
  };
  return (
    <section aria-labelledby="output">
      <div className="output-head">
        <h2 id="output">Output</h2>
        <button type="button" aria-pressed={isFollowed} onClick={() => setFollowed(!isFollowed)}>
          Follow
        </button>
      </div>
      <div ref={box} className="output" role="log" aria-label="Output" aria-live="off" tabIndex={0} onScroll={onScroll}>
        {written.map(({ job, texts }) => (
          <div key={job.id}>
            <h3>{job.name}</h3>
            {texts.map(({ word, text }) => (
              <pre key={word} data-word={word}>
                <AnsiText text={text} />
              </pre>
            ))}
          </div>
        ))}
      </div>
    </section>
  );
}

/** The texts of a job that are not empty. */
function textsOf(job: JobDetail): readonly { readonly word: string; readonly text: string }[] {
  const texts: Readonly<Record<string, string | null | undefined>> =
    'output' in job
      ? { output: job.output, errors: job.errout }
      : 'errorDetails' in job
        ? { summary: job.errorSummary, errors: job.errorDetails }
        : 'bootLog' in job
          ? { result: job.bootResultDescription, log: job.bootLog }
          : {};
  return Object.entries(texts).flatMap(([word, text]) => (text ? [{ word, text }] : []));
}
