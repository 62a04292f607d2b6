import { driverContractOnPorts } from './driver-ports.ts'
import { mercury } from './profiles/mercury.ts'

driverContractOnPorts(mercury, ['tcp', 'http'])
