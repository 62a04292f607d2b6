import { driverContractOnPorts } from './driver-ports.ts'
import { atolHandshake } from './profiles/atol.ts'

driverContractOnPorts(atolHandshake, ['tcp', 'serial'])
