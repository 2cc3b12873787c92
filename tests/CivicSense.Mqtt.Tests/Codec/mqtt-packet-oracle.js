// Reads lines of {"version", "hex"}; answers each with what the npm package mqtt-packet reads there and what it writes for that.
'use strict'
const mqtt = require('mqtt-packet')
const lines = require('readline').createInterface({ input: process.stdin })

lines.on('line', line => {
  const { version, hex } = JSON.parse(line)
  console.log(JSON.stringify(answer(version, Buffer.from(hex, 'hex'))))
})

function answer (version, bytes) {
  const read = []
  let error = null
  const parser = mqtt.parser({ protocolVersion: version })
  parser.on('packet', packet => read.push(packet))
  parser.on('error', problem => { error = problem.message })
  parser.parse(bytes)
  if (error !== null || read.length !== 1) return { error: error ?? `${read.length} packets` }
  const packet = read[0]
  // The writer checks what the reader leaves out.
  if (packet.payload === null) delete packet.payload
  if (packet.topic === null) delete packet.topic
  try {
    return { command: packet.cmd, hex: mqtt.generate(packet, { protocolVersion: version }).toString('hex') }
  } catch (problem) {
    return { command: packet.cmd, error: `writing: ${problem.message}` }
  }
}
