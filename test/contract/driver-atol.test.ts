import { driverContractOnPorts } from './driver-ports.ts'
import { atolHandshake, atolTasks } from './profiles/atol.ts'

driverContractOnPorts(atolTasks, ['tcp', 'serial'])
driverContractOnPorts(atolHandshake, ['tcp', 'serial'])
