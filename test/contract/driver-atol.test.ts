import { driverContractOnPorts } from './driver-ports.ts'
import { atolTasks } from './profiles/atol.ts'

driverContractOnPorts(atolTasks, ['tcp', 'serial'])
