import{D as e,E as t,k as n}from"./chunk-core.js";import{t as r}from"./chunk-prose.js";import{n as i,o as a,r as o,s}from"./chunk-summary.js";import{i as c,n as l,r as u,t as d}from"./chunk-escape.js";const f=(e,t)=>{let n=[`## premortem: ${l(o(e))}`,...h(e)],r=[...S(e.suppressed),...C(e),...w(e)],i=a();return p(n,e.findings.map((n,r)=>y(n,v(e,r),i(n),t)),r)};function p(e,n,r){let i=1e6-m([...e,...r].join(`

`))-200,a=[];for(let e of n){if(i-=m(e)+2,i<0)break;a.push(e)}let o=n.length-a.length,s=o===0?[]:[`_${t(o,`more finding`)} did not fit here. Use \`--format json\` for all of them._`];return`${[...e,...a,...s,...r].join(`

`)}\n`}function m(e){return Buffer.byteLength(e)}function h(e){if(e.findings.length===0)return[];let t=e.findings.slice(0,500).map(e=>`| ${e.level} | ${g(e)} | ${c(e.message,300)} | ${_(e)} |`),n=e.findings.length-t.length,r=n>0?[`| | | and ${n} more | |`]:[];return[[`| Level | Where | What | Rule |`,`| --- | --- | --- | --- |`,...t,...r].join(`
`)]}function g(t){return`${d(e(`${t.path}`,300))} line ${t.line}${t.side===`base`?` (removed)`:``}`}function _({rule:e,docs:t}){return/^https?:\/\/[\w./#%?&=-]+$/.test(t)?`[${l(e)}](${t})`:l(e)}function v(e,t){return e.findings.findIndex(n=>n.rule===e.findings[t]?.rule)===t}function y(e,t,n,r){let i=r.rule(e.rule)?.title??e.rule,a=[`### ${e.level}: ${c(i)}`,g(e),c(e.message)],o=e.rewrite===void 0?[]:[n===void 0?b(e.rewrite):`**Instead** see ${l(n)} above.`];if(!t)return[...a,...o,`Why, and the safer way: see the first finding of ${_(e)} above.`].join(`

`);let s=`To accept it, put a comment on the line or the one above: ${d(`premortem-ignore[${e.rule}]: reason`)}`;return[...a,`**Why** ${x(e.why)}`,`**Safer** ${x(e.fix)}`,...o,s,`More: ${_(e)}`].join(`

`)}function b(t){let n=s(t).map(({lead:t,language:n,code:r},i)=>{let a=u(r);return`${i===0?``:`${c(t)}\n\n`}${a}${/^[a-z]+$/.test(n)?n:``}\n${e(r,8e3)}\n${a}`}),r=c(s(t)[0]?.lead??``);return n.join(`
`).split(`
`).length<=25?[`**Instead** ${r}`,...n].join(`

`):`<details><summary><b>Instead</b> ${r}</summary>\n\n${n.join(`

`)}\n\n</details>`}function x(t){return r(n(e(t,8e3))).map((e,t)=>e.kind===`code`?`${t===0?`

`:``}${u(e.text)}\n${e.text}\n${u(e.text)}`:e.kind===`item`?`${t===0?`

`:``}- ${c(e.text.replace(/^([-*]|\d+[.)])\s+/,``))}`:c(e.text)).join(`

`)}function S(e){return T(`### Accepted findings`,e.map(({finding:e,reason:t,by:n,addedHere:r})=>{let i=r?` **Accepted by this very change.**`:``;return`- ${_(e)} at ${g(e)}: ${c(t,500)} (${l(n)})${i}`}))}function C(t){return T(`### Not analysed`,t.notAnalysed.map(({path:t,reason:n})=>`- ${d(e(t,300))}: ${c(n,500)}`))}function w(e){return T(`### Problems`,e.problems.map(e=>`- ${c(i(e),500)}`))}function T(e,t){if(t.length===0)return[];let n=t.length>200?[`- and ${t.length-200} more`]:[];return[e,[...t.slice(0,200),...n].join(`
`)]}export{f as t};