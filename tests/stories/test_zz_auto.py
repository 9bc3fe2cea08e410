from simulator.operator import Operator
from stories.pair import Pair

ASSUMED_JC = "jumpcloud-provisioning"


def nothing_there(pair, unity=True):
    # what a real pair does most likely
    pair.fault("status", ASSUMED_JC, "GET", "", status=404, times=0)
    pair.fault("status", ASSUMED_JC, "PUT", "", status=404, times=0)
    pair.fault("status", ASSUMED_JC, "POST", "", status=404, times=0)


def test_x(pair: Pair, tmp_path):
    nothing_there(pair)
    env = {"UNITY_ACCESS_TOKEN": None, "JUMPCLOUD_INSIGHTS_URL": pair.url}
    run = pair.play("provision", env=env, check=True)
    print(run.output if hasattr(run, "output") else run.stdout)
    run = pair.play("provision", env=env)
    print(run.output if hasattr(run, "output") else run.stdout)
    op = Operator(pair.url)
    op.create_account()
    import subprocess

    print(subprocess.run(["find", str(pair.machine)], capture_output=True, text=True).stdout)
    md = list(pair.machine.rglob("scim.md"))[0]
    print(md.read_text())
    assert 0
