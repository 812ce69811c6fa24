import{t as e}from"./chunk-distance.js";import{n as t,t as n}from"./chunk-errors.js";import{parseArgs as r}from"node:util";const i=`premortem: finds the changes that post-mortems get written about, before they merge

Usage
  premortem [check] [options]      check this branch against where it left the default branch
  premortem demo                   build a small repository from real outage stories and check it
  premortem explain <rule>         what a rule is about, why, and the safe way
  premortem rules [--format json]  list the rules
  premortem rules test [folder]    run the examples of rule files (default: .premortem/rules)
  premortem backtest [options]     run the check over history

Which change
  --base REF          merge into this (default: the default branch); compared from where head left it
  --head REF          merge this (default: the work tree, with staged and untracked files)
  --staged            only what is staged (for a pre-commit hook)
  --diff FILE         a patch instead; - reads standard input
  --repo DIR          the repository (default: here); may be bare when both sides are named
  --exact             compare with base itself, not with where head left it

What counts
  --fail-on LEVEL     exit 1 from this level: error (default), warning, notice, never
  --rule ID           only this rule, or area such as migration/*; repeatable
  --config FILE       configuration (default: premortem.yml, .github/premortem.yml)
  --config-from SIDE  read configuration from head (default) or base
  --now TIME          judge the merge window at this time, as 2026-11-18T16:10:00-05:00
  --label NAME        a label of the pull request; repeatable

Output
  --format NAME[=FILE]  pretty (default), github, json, sarif, markdown; repeatable
  --color WHEN        auto (default), always, never; NO_COLOR and FORCE_COLOR are honoured
  --help, --version

History (backtest)
  --last N, --since DATE, --commit SHA (repeatable)

Exit status: 0 clean, 1 findings at or above --fail-on, 2 could not run
`,a={base:{type:`string`},head:{type:`string`},staged:{type:`boolean`},diff:{type:`string`},repo:{type:`string`},exact:{type:`boolean`},"fail-on":{type:`string`},rule:{type:`string`,multiple:!0},config:{type:`string`},"config-from":{type:`string`},now:{type:`string`},label:{type:`string`,multiple:!0},format:{type:`string`,multiple:!0},color:{type:`string`},last:{type:`string`},since:{type:`string`},commit:{type:`string`,multiple:!0},help:{type:`boolean`,short:`h`},version:{type:`boolean`,short:`v`}},o=[`check`,`demo`,`explain`,`rules`,`backtest`];function s(e){return r({args:[...e],options:a,allowPositionals:!0,strict:!0})}function c(e){let{values:t,positionals:r}=l(e),[i=`check`,...a]=r,s=o.find(e=>e===i);if(!s)throw new n(`there is no command "${i}"${u(i,o)}`,`See premortem --help.`);if(s===`check`&&a.length>0)throw new n(`check takes no words: "${a.join(` `)}"`,`Name sides with --base REF --head REF, a patch with --diff FILE.`);return{command:s,rest:a,flags:t}}function l(e){try{return s(e)}catch(e){let r=t(e),i=/Unknown option '(--?[\w-]+)/.exec(r)?.[1];throw i===void 0?new n(r.split(`. `)[0]??r,`See premortem --help.`):new n(`there is no option ${i}${u(i,Object.keys(a).map(e=>`--${e}`))}`,`See premortem --help.`)}}function u(t,n){let r=e(t,n);return r===void 0?``:` (did you mean ${r}?)`}function d(e,t,r,i){if(t===void 0)return i;let a=r.find(e=>e===t);if(a===void 0)throw new n(`--${e} ${t}: it is one of ${r.join(`, `)}${u(t,r)}`);return a}export{i as n,c as r,d as t};