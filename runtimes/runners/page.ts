import { casesWithoutWebAssembly, runSuite, suite } from '../suite.ts'

const outcome = await runSuite(location.pathname === '/without-webassembly' ? casesWithoutWebAssembly : suite)
const output = document.createElement('output')
output.textContent = JSON.stringify(outcome)
document.body.append(output)
