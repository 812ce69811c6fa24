export { changeInMemory, type MemoryChange, type MemoryFile } from './change/memory.ts';
export type { Change, ChangedFile, NotAnalysed, Side } from './change/types.ts';
export { type CheckInput, type CheckResult, check } from './check.ts';
export { loadConfig } from './config/load.ts';
export type { Config, Level } from './config/types.ts';
export type { Report } from './report/model.ts';
export { builtInRules } from './rule/builtin.ts';
export type { Finding, Rule, Suppressed } from './rule/types.ts';
