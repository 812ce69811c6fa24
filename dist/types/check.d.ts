import type { Artifact } from './artifact/types.ts';
import type { Change } from './change/types.ts';
import type { Config } from './config/types.ts';
import type { Report } from './report/model.ts';
import type { Rule } from './rule/types.ts';
export interface CheckInput {
    readonly change: Change;
    readonly config: Config;
    readonly rules: readonly Rule[];
    readonly now: Date;
}
/** The report, and the changed files as they were read (for code frames). */
export interface CheckResult {
    readonly report: Report;
    readonly artifacts: readonly Artifact[];
}
/** The spine: a change is read into facts, rules judge the facts, findings are reported. */
export declare function check({ change, config, rules, now }: CheckInput): Promise<CheckResult>;
