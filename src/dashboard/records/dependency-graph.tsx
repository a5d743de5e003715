import { Graph, layout } from '@dagrejs/dagre';
import { useMemo, type ReactNode } from 'react';
import { Link } from '../link.js';
import type { State } from '../operations/documents.js';
import { STATE_WORDS } from './words.js';

/** One record in a graph. */
export interface GraphNode {
  readonly id: string;
  readonly label: string;
  readonly state: State;
  readonly href: string;
  /** Ids of those that must be done before it. */
  readonly needs: readonly string[];
}

const WIDTH = 190;
const HEIGHT = 46;
const MARGIN = 6;
/** Letters that fit. */
const LETTERS = 23;

interface Placed {
  readonly width: number;
  readonly height: number;
  readonly places: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
  readonly lines: readonly { readonly key: string; readonly path: string }[];
}

/** What waits for what, in layers. Records that neither wait nor are waited for are left out. */
export function DependencyGraph({ nodes }: { readonly nodes: readonly GraphNode[] }): ReactNode {
  const edges = edgesOf(nodes);
  const shape = JSON.stringify(edges);
  const placed = useMemo(() => placedNodes(JSON.parse(shape) as Edge[]), [shape]);
  if (edges.length === 0) return null;
  const names = new Map(nodes.map(({ id, label }) => [id, label]));
  return (
    <section aria-labelledby="graph">
      <h2 id="graph">What waits for what</h2>
      {/* Wider than a phone: it scrolls by itself, also by the keyboard. */}
      <div className="graph" role="group" aria-labelledby="graph" tabIndex={0}>
        <svg width={placed.width} height={placed.height} viewBox={`0 0 ${placed.width} ${placed.height}`}>
          {placed.lines.map(({ key, path }) => (
            <path key={key} d={path} />
          ))}
          {nodes.map((node) => {
            const place = placed.places.get(node.id);
            return place && <NodeBox key={node.id} node={node} place={place} names={names} />;
          })}
        </svg>
      </div>
    </section>
  );
}

interface BoxProps {
  readonly node: GraphNode;
  readonly place: { readonly x: number; readonly y: number };
  readonly names: ReadonlyMap<string, string>;
}

function NodeBox({ node: { label, state, href, needs }, place, names }: BoxProps): ReactNode {
  const before = needs.flatMap((id) => names.get(id) ?? []);
  const waits = before.length > 0 ? `, waits for ${before.join(', ')}` : '';
  return (
    <Link href={href}>
      {/* Of the link itself: a child <title> names an SVG element, and is what a pointer that rests there is shown. */}
      <title>{`${label}, ${STATE_WORDS[state]}${waits}`}</title>
      <g data-state={state} transform={`translate(${place.x - WIDTH / 2} ${place.y - HEIGHT / 2})`}>
        <rect width={WIDTH} height={HEIGHT} rx="5" />
        <rect className="edge" width="5" height={HEIGHT} rx="2" />
        <text x="14" y="19">
          {label.length > LETTERS ? `${label.slice(0, LETTERS - 1)}…` : label}
        </text>
        <text className="word" x="14" y="36">
          {STATE_WORDS[state]}
        </text>
      </g>
    </Link>
  );
}

type Edge = readonly [string, string];

function edgesOf(nodes: readonly GraphNode[]): Edge[] {
  const known = new Set(nodes.map(({ id }) => id));
  return nodes.flatMap(({ id, needs }) => needs.filter((one) => known.has(one)).map((one): Edge => [one, id]));
}

function placedNodes(edges: readonly Edge[]): Placed {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 12, ranksep: 44, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of new Set(edges.flat())) graph.setNode(id, { width: WIDTH, height: HEIGHT });
  for (const [from, to] of edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const places = new Map(
    graph.nodes().map((id) => {
      const { x = 0, y = 0 } = graph.node(id);
      return [id, { x, y }];
    }),
  );
  const lines = graph.edges().map((edge) => {
    const { points } = graph.edge(edge) as { points: readonly { x: number; y: number }[] };
    return {
      key: `${edge.v} ${edge.w}`,
      path: points.map(({ x, y }, index) => `${index ? 'L' : 'M'}${x} ${y}`).join(''),
    };
  });
  return { width, height, places, lines };
}
