/** What `buildgate agent` sends the gateway for each job. */
export const CARRY_OUT_DOCUMENT = 'mutation ($number: SafeInt!) { outcome: buildapiCarryOutJob(number: $number) }';
