import{O as e,j as t,k as n}from"./chunk-core.js";import{t as r}from"./chunk-prose.js";import{n as i,r as a}from"./chunk-rewrite.js";import{i as o,n as s,r as c,t as l}from"./chunk-escape.js";import{n as u,r as d}from"./chunk-summary.js";const f=(e,t)=>{let n=[`## premortem: ${s(d(e))}`,...h(e)],r=[...S(e.suppressed),...C(e),...w(e)],a=i();return p(n,e.findings.map((n,r)=>y(n,v(e,r),a(n),t)),r)};function p(t,n,r){let i=1e6-m([...t,...r].join(`

`))-200,a=[];for(let e of n){if(i-=m(e)+2,i<0)break;a.push(e)}let o=n.length-a.length,s=o===0?[]:[`_${e(o,`more finding`)} did not fit here. Use \`--format json\` for all of them._`];return`${[...t,...a,...s,...r].join(`

`)}\n`}function m(e){return Buffer.byteLength(e)}function h(e){if(e.findings.length===0)return[];let t=e.findings.slice(0,500).map(e=>`| ${e.level} | ${g(e)} | ${o(e.message,300)} | ${_(e)} |`),n=e.findings.length-t.length,r=n>0?[`| | | and ${n} more | |`]:[];return[[`| Level | Where | What | Rule |`,`| --- | --- | --- | --- |`,...t,...r].join(`
`)]}function g(e){return`${l(n(`${e.path}`,300))} line ${e.line}${e.side===`base`?` (removed)`:``}`}function _({rule:e,docs:t}){return/^https?:\/\/[\w./#%?&=-]+$/.test(t)?`[${s(e)}](${t})`:s(e)}function v(e,t){return e.findings.findIndex(n=>n.rule===e.findings[t]?.rule)===t}function y(e,t,n,r){let i=r.rule(e.rule)?.title??e.rule,a=[`### ${e.level}: ${o(i)}`,g(e),o(e.message)],c=e.rewrite===void 0?[]:[n===void 0?b(e.rewrite):`**Instead** see ${s(n)} above.`];if(!t)return[...a,...c,`Why, and the safer way: see the first finding of ${_(e)} above.`].join(`

`);let u=`To accept it, put a comment on the line or the one above: ${l(`premortem-ignore[${e.rule}]: reason`)}`;return[...a,`**Why** ${x(e.why)}`,`**Safer** ${x(e.fix)}`,...c,u,`More: ${_(e)}`].join(`

`)}function b(e){let t=a(e).map(({lead:e,language:t,code:r},i)=>{let a=c(r);return`${i===0?``:`${o(e)}\n\n`}${a}${/^[a-z]+$/.test(t)?t:``}\n${n(r,8e3)}\n${a}`}),r=o(a(e)[0]?.lead??``);return t.join(`
`).split(`
`).length<=25?[`**Instead** ${r}`,...t].join(`

`):`<details><summary><b>Instead</b> ${r}</summary>\n\n${t.join(`

`)}\n\n</details>`}function x(e){return r(t(n(e,8e3))).map((e,t)=>e.kind===`code`?`${t===0?`

`:``}${c(e.text)}\n${e.text}\n${c(e.text)}`:e.kind===`item`?`${t===0?`

`:``}- ${o(e.text.replace(/^([-*]|\d+[.)])\s+/,``))}`:o(e.text)).join(`

`)}function S(e){return T(`### Accepted findings`,e.map(({finding:e,reason:t,by:n,addedHere:r})=>{let i=r?` **Accepted by this very change.**`:``;return`- ${_(e)} at ${g(e)}: ${o(t,500)} (${s(n)})${i}`}))}function C(e){return T(`### Not analysed`,e.notAnalysed.map(({path:e,reason:t})=>`- ${l(n(e,300))}: ${o(t,500)}`))}function w(e){return T(`### Problems`,e.problems.map(e=>`- ${o(u(e),500)}`))}function T(e,t){if(t.length===0)return[];let n=t.length>200?[`- and ${t.length-200} more`]:[];return[e,[...t.slice(0,200),...n].join(`
`)]}export{f as t};