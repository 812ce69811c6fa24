import type { NotAnalysed } from '../change/types.ts';
import type { Level } from '../config/types.ts';
import type { Finding, Suppressed } from '../rule/types.ts';
import type { LineIndex } from '../text/lines.ts';
/** Something that went wrong inside premortem or with a suppression; never blocks by itself. */
export interface Problem {
    readonly path?: string;
    readonly line?: number;
    readonly message: string;
}
/** All that a reporter may print. Findings come sorted: worst level first, then path, then line. */
export interface Report {
    readonly version: 1;
    readonly base: string;
    readonly head: string;
    /** The worst level found. */
    readonly level: Level | 'none';
    readonly findings: readonly Finding[];
    readonly suppressed: readonly Suppressed[];
    readonly notAnalysed: readonly NotAnalysed[];
    readonly problems: readonly Problem[];
    readonly files: number;
    readonly timing: Readonly<Record<string, number>>;
}
export interface ReportOptions {
    readonly color: boolean;
    /** Width of the terminal in columns. */
    readonly width: number;
    /** Lines of a file on one side, for code frames; undefined when not at hand. */
    source(path: string, side: 'base' | 'head'): LineIndex | undefined;
    /** Rule titles and sources by id, for formats that list rules. */
    rule(id: string): RuleSummary | undefined;
}
export interface RuleSummary {
    readonly id: string;
    readonly title: string;
    readonly why: string;
    readonly fix: string;
    readonly docs: string;
    readonly level: Level;
}
export type Reporter = (report: Report, options: ReportOptions) => string;
