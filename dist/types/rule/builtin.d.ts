import type { Examples, Rule } from './types.ts';
/** The rules that premortem ships, compiled into `rules.json` beside the bundle by the build. The tests have validated them. */
export declare function builtInRules(): readonly Rule[];
/** The examples of the rules that premortem ships, by rule. Kept apart: a check never needs them. */
export declare function builtInExamples(): Readonly<Record<string, Examples>>;
