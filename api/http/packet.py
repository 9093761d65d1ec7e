"""Evidence packets: one file that opens, and can be checked, without the system."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from api.http.access import Kept, Now, Trail, allow, audited
from api.http.caller import Caller
from api.http.problems import declares
from api.http.reviewing import Identifier
from api.http.visibility import REVIEWERS, refuse_own_sale, session_of
from engine.packet.building import Packet, evidence_packet, signer_of
from engine.signing import fingerprint_of

router = APIRouter(prefix="/v1", tags=["证据包 / packets"])
ZIP = "application/zip"
Holder = Annotated[Caller, Depends(allow(*REVIEWERS, "auditor", scope="packets:read"))]
Anyone = Annotated[Caller, Depends(allow(*REVIEWERS, "auditor", "administrator", scope="packets:read"))]
STREAMED: dict[int | str, dict[str, Any]] = {
    200: {"description": "the packet", "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}
}


class PacketKey(BaseModel):
    """The public key that signs packets. `fingerprint`: SHA-256 of the raw key, to be compared with a packet's."""

    algorithm: str
    fingerprint: str
    pem: str


@router.get(
    "/sessions/{session_id}/evidence.zip",
    response_class=StreamingResponse,
    responses=declares("not_found", "not_inspected", "blob_missing", "blobs_unavailable") | STREAMED,
)
def packet(
    session_id: Identifier,
    caller: Holder,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("packet.export"))],
    media: Annotated[bool, Query(description="with clips and key frames")] = True,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> StreamingResponse:
    """证据包：片段、关键帧、笔录、质检结果、规则、复核经过、签名清单 / Everything an inspection rests on, signed."""
    with store.database.reading() as s:
        refuse_own_sale(caller, session_of(s, caller, session_id))
    made = evidence_packet(store, session_id, caller.name, at, media=media, version=version)
    trail.write(caller.name, f"session/{session_id}", media=media, version=made.about["inspection_version"])
    return streamed(made)


@router.get("/packet-key", response_model=PacketKey)
def packet_key(_caller: Anyone, store: Kept) -> PacketKey:
    """签署证据包的公钥 / The public key of packets."""
    pem = signer_of(store.database).public_pem
    return PacketKey(algorithm="Ed25519", fingerprint=fingerprint_of(pem), pem=pem.decode())


def streamed(made: Packet) -> StreamingResponse:
    """A packet as an answer."""
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"', "Cache-Control": "no-store"}
    return StreamingResponse(made.stream(), media_type=ZIP, headers=headers)
