/** Parameters that many URIs of the dialect share. */

export const format = [{ name: 'format', description: '`json`, anything else is HTML; without it `Accept` decides' }];

export const ofBranch = { branch: 'segment' } as const;
export const ofRevision = { branch: 'segment', revision: 'segment' } as const;
export const ofBuild = { branch: 'segment', build_id: 'segment' } as const;
export const ofRequest = { branch: 'segment', request_id: 'segment' } as const;
