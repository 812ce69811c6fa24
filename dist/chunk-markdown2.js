import{i as e,n as t,t as n}from"./chunk-plain.js";import{t as r}from"./chunk-prose.js";import{i,n as a,r as o,t as s}from"./chunk-escape.js";import{n as c,r as l}from"./chunk-summary.js";const u=(e,t)=>{let n=[`## premortem: ${a(l(e))}`,...p(e)],r=[...y(e.suppressed),...b(e),...x(e)];return d(n,e.findings.map((n,r)=>_(n,g(e,r),t)),r)};function d(e,t,r){let i=1e6-f([...e,...r].join(`

`))-200,a=[];for(let e of t){if(i-=f(e)+2,i<0)break;a.push(e)}let o=t.length-a.length,s=o===0?[]:[`_${n(o,`more finding`)} did not fit here. Use \`--format json\` for all of them._`];return`${[...e,...a,...s,...r].join(`

`)}\n`}function f(e){return Buffer.byteLength(e)}function p(e){if(e.findings.length===0)return[];let t=e.findings.slice(0,500).map(e=>`| ${e.level} | ${m(e)} | ${i(e.message,300)} | ${h(e)} |`),n=e.findings.length-t.length,r=n>0?[`| | | and ${n} more | |`]:[];return[[`| Level | Where | What | Rule |`,`| --- | --- | --- | --- |`,...t,...r].join(`
`)]}function m(e){return`${s(t(`${e.path}`,300))} line ${e.line}${e.side===`base`?` (removed)`:``}`}function h({rule:e,docs:t}){return/^https?:\/\/[\w./#%?&=-]+$/.test(t)?`[${a(e)}](${t})`:a(e)}function g(e,t){return e.findings.findIndex(n=>n.rule===e.findings[t]?.rule)===t}function _(e,t,n){let r=n.rule(e.rule)?.title??e.rule,a=[`### ${e.level}: ${i(r)}`,m(e),i(e.message)];if(!t)return[...a,`Why, and the safer way: see the first finding of ${h(e)} above.`].join(`

`);let o=`To accept it, put a comment on the line or the one above: ${s(`premortem-ignore[${e.rule}]: reason`)}`;return[...a,`**Why** ${v(e.why)}`,`**Safer** ${v(e.fix)}`,o,`More: ${h(e)}`].join(`

`)}function v(n){return r(e(t(n,8e3))).map((e,t)=>e.kind===`code`?`${t===0?`

`:``}${o(e.text)}\n${e.text}\n${o(e.text)}`:e.kind===`item`?`${t===0?`

`:``}- ${i(e.text.replace(/^([-*]|\d+[.)])\s+/,``))}`:i(e.text)).join(`

`)}function y(e){return S(`### Accepted findings`,e.map(({finding:e,reason:t,by:n,addedHere:r})=>{let o=r?` **Accepted by this very change.**`:``;return`- ${h(e)} at ${m(e)}: ${i(t,500)} (${a(n)})${o}`}))}function b(e){return S(`### Not analysed`,e.notAnalysed.map(({path:e,reason:n})=>`- ${s(t(e,300))}: ${i(n,500)}`))}function x(e){return S(`### Problems`,e.problems.map(e=>`- ${i(c(e),500)}`))}function S(e,t){if(t.length===0)return[];let n=t.length>200?[`- and ${t.length-200} more`]:[];return[e,[...t.slice(0,200),...n].join(`
`)]}export{u as t};