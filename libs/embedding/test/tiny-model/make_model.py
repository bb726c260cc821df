"""Makes the model of this folder: pip install onnx numpy; python make_model.py

A sentence-transformers model in shape only: the vector of a token is a row of a table. [PAD] has a long one, so that a
mean that counts padding is wrong; the vector of token_type_ids other than 0 is long as well.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).parent
DIMENSIONS = 8
WORDS = "how do i reset change delete my pass ##word account the a cat dog sat on mat ? . , refund order where is".split()
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS]


def table() -> np.ndarray:
    rows = np.random.default_rng(7).normal(size=(len(VOCABULARY), DIMENSIONS)).astype(np.float32)
    rows[0] = 1_000
    return rows


def model() -> onnx.ModelProto:
    ids = [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "tokens"])
           for n in ("input_ids", "attention_mask", "token_type_ids")]
    out = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "tokens", DIMENSIONS])
    types = np.stack([np.zeros(DIMENSIONS), np.full(DIMENSIONS, 500)]).astype(np.float32)
    nodes = [
        helper.make_node("Gather", ["words", "input_ids"], ["word"], axis=0),
        helper.make_node("Gather", ["types", "token_type_ids"], ["type"], axis=0),
        helper.make_node("Add", ["word", "type"], ["last_hidden_state"]),
    ]
    weights = [numpy_helper.from_array(table(), "words"), numpy_helper.from_array(types, "types")]
    graph = helper.make_graph(nodes, "tiny", ids, [out], weights)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(made)
    return made


def tokenizer() -> dict:
    special = [{"id": i, "content": t, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
                "special": True} for i, t in enumerate(VOCABULARY[:4])]
    pair = [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
            {"SpecialToken": {"id": "[SEP]", "type_id": 0}}]
    return {
        "version": "1.0",
        "truncation": {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0},
        "padding": {"strategy": {"Fixed": 16}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0,
                    "pad_type_id": 0, "pad_token": "[PAD]"},
        "added_tokens": special,
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                       "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "TemplateProcessing", "single": pair, "pair": pair,
                           "special_tokens": {t: {"id": t, "ids": [VOCABULARY.index(t)], "tokens": [t]}
                                              for t in ("[CLS]", "[SEP]")}},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {t: i for i, t in enumerate(VOCABULARY)}},
    }


onnx.save(model(), FOLDER / "model.onnx")
(FOLDER / "tokenizer.json").write_text(json.dumps(tokenizer(), indent=2, ensure_ascii=False) + "\n")
(FOLDER / "config.json").write_text(json.dumps({"model_type": "bert", "max_position_embeddings": 64}, indent=2) + "\n")
