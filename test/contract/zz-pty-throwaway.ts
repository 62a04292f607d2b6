import { createRegisterPoll } from '@tillwatch/agent/poll/register-poll'
import { systemClock } from '@tillwatch/shared'
import { createRegister } from '../simulators/register.ts'
import { servePty } from '../simulators/serve-pty.ts'
const reg=createRegister({protocol:'shtrih-m',state:{},clock:systemClock})
const orig=reg.openLine.bind(reg)
const log:string[]=[]
const t0=performance.now();const ts=()=>Math.round(performance.now()-t0)
;(reg as any).openLine=(w:any)=>{const l=orig((b:Uint8Array)=>{log.push(ts()+' > '+Buffer.from(b).toString('hex').slice(0,40));w(b)});return{...l,receive:(b:Uint8Array)=>{log.push(ts()+' < '+Buffer.from(b).toString('hex').slice(0,60));l.receive(b)}}}
const port=await servePty(reg,'/tmp/zz-tty')
const p=await createRegisterPoll({slot:'x',driver:'shtrih-m',port:'/tmp/zz-tty'},systemClock)
if(!p.ok) throw p.error
let bad=0
for(let i=0;i<60;i++){log.length=0;log.push;const keep=(globalThis as any).last;const r=await p.value.poll(true);if(r.link!=='ok'){bad++;if(bad<3)console.log(i,r.link,r.problems,keep.slice(-6),log)};(globalThis as any).last=[...log]}
console.log('bad',bad);await p.value.close();await port.close();process.exit(0)
