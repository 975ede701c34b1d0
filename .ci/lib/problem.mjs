/** What a person has to mend before the set-up can go on; the message says what is missing and what to do. */
export class Problem extends Error {}
