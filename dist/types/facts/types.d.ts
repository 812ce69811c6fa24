import type { Artifact } from '../artifact/types.ts';
import type { Change, NotAnalysed, Side } from '../change/types.ts';
import type { Config } from '../config/types.ts';
import type { Span } from '../text/lines.ts';
import type { Fields, Values } from './fields.ts';
import type { Rewriter } from './rewrite.ts';
/** Where a fact is: in head for what is added or altered, in base for what is removed. */
export interface Located {
    readonly path: string;
    readonly side: Side;
    readonly span: Span;
}
/** Something the change does: one typed record of one kind. */
export type FactOf<K extends string, F extends Fields> = Located & {
    readonly kind: K;
} & Values<F>;
/** A fact of any kind, as the rule engine sees it. */
export type Fact = Located & {
    readonly kind: string;
};
/** The fields of a fact by name. */
export declare function fieldsOf(fact: Fact): Readonly<Record<string, unknown>>;
/** All that an extractor may look at. Pure: the clock comes in, files are read through `change.trees`. */
export interface FactContext {
    readonly change: Change;
    readonly artifacts: readonly Artifact[];
    readonly config: Config;
    readonly now: Date;
}
export interface Extraction {
    readonly facts: readonly Fact[];
    readonly notAnalysed: readonly NotAnalysed[];
}
/** A kind of fact: what its fields are called and typed (for conditions and docs), and how it is found. */
export interface FactKind {
    readonly name: string;
    readonly doc: string;
    readonly fields: Fields;
    /** Cheap test, by classification alone, whether the extractor has anything to do with a changed file. */
    wants(artifact: Artifact): boolean;
    /** For extractors that look at more than classified files: is there anything for them among these changed paths? */
    concerns?(paths: readonly string[]): boolean;
    /** Loads the extractor, and with it its parsers, only when some changed file wants it. */
    load(): Promise<(context: FactContext, artifacts: readonly Artifact[]) => Promise<Extraction>>;
    /** Safer ways that a rule can ask for with `rewrite`, by name, and what each does. Worked out only for findings. */
    readonly rewrites?: Readonly<Record<string, string>>;
    loadRewriter?(): Promise<Rewriter>;
}
