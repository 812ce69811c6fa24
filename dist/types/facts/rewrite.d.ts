import type { Source } from '../artifact/types.ts';
import { type Edit } from '../text/edit.ts';
import { type Span } from '../text/lines.ts';
import type { Fact, FactContext } from './types.ts';
/** Code to use instead of what was flagged, or a part of it that goes live by itself. */
export interface RewritePart {
    /** Where the code goes, as the beginning of a sentence: `In place of line 3`, `In a second migration`. */
    readonly where: string;
    /** Language for highlighting, as in a Markdown fence: `sql`, `ruby`, `python`, `yaml` … */
    readonly language: string;
    readonly code: string;
}
/** A safer way to the same end, ready to be used. Pure data. */
export interface Rewrite {
    /** What it does, as an order: `Build the index beside the traffic`. */
    readonly title: string;
    /** Changes of the flagged file at head that make it safe; empty where code has to go elsewhere. */
    readonly edits: readonly Edit[];
    /** The edits are all there is to do; otherwise the parts after the first follow by hand, in later migrations or releases. */
    readonly complete: boolean;
    /** What a person reads, in the order in which it goes live. The first part shows the edits, where there are any. */
    readonly parts: readonly RewritePart[];
}
/** Works out the rewrite that a rule asks for by name, for one fact. Undefined where there is none that is sure. */
export type Rewriter = (name: string, fact: Fact, source: Source, context: FactContext) => Promise<Rewrite | undefined>;
/** A rewrite that changes the flagged file, and what follows by hand. */
export declare function inPlace(title: string, language: string, source: Source, edits: readonly Edit[], later?: readonly RewritePart[]): Rewrite | undefined;
/** A rewrite whose code goes elsewhere. */
export declare function elsewhere(title: string, parts: readonly RewritePart[]): Rewrite | undefined;
/** The edit that replaces a span. */
export declare function replacing({ line, column, endLine, endColumn }: Span, text: string): Edit;
/** The edit that puts a line before line `line`. */
export declare function lineBefore(source: Source, line: number, text: string): Edit;
/** Lines without the indentation they all share. */
export declare function dedent(lines: readonly string[]): readonly string[];
