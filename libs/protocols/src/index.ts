export type { ChatDialect } from './chat/chat-dialect';
export { openaiDialect } from './chat/chat-dialect';
export { groqDialect } from './chat/groq-dialect';
export { fileLie, MAGIC_BYTES } from './form/file-kinds';
export { formFields } from './form/form-fields';
export { patchForm, writeForm } from './form/form-patch';
export { boundaryOf, type FormPart, isFormType, scanForm } from './form/form-scanner';
export { isJsonObject, jsonObjects, parseObject, type JsonObject } from './json/json-object';
export { patchJson, patchMembers, type BodyPatch } from './json/json-patch';
export { scanMembers, type JsonMember } from './json/json-scanner';
export { boundDepth, countValues, type JsonBounds } from './json/json-shape';
export { openaiErrorBody, openaiErrorFrames } from './chat/chat.protocol';
export { protocolOf } from './protocols';
export { readingOf } from './request-reading';
export type { FrameFacts, StreamFacts, StreamGrammar } from './stream-grammar';
export { firstBoundary, type FrameSink, frameData, SseSplitter } from './sse/sse-frames';
export { StreamSniffer } from './stream-sniffer';
export { grammarOf, readAnswer } from './read-answer';
export { mergeMessageUsage } from './messages/message-usage';
export { count as tokenCount, partsOnce, type Usage } from './usage';
export type {
  AnswerAssembler,
  AnswerFacts,
  ChatStreamTranslator,
  ChatTranslation,
  RequestReading,
  WireProtocol,
} from './wire-protocol';
