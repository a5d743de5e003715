import express from 'express';
import type { Config } from '../config.js';

/** Whether a peer is a proxy whose `X-Forwarded-*` headers count: by the rules of Express. */
export function trustedPeers({ server: { trustProxy } }: Config): (address: string | undefined) => boolean {
  const app = express().set('trust proxy', [...trustProxy]);
  const trusts = app.get('trust proxy fn') as (address: string, hop: number) => boolean;
  return (address) => address !== undefined && trusts(address, 0);
}
