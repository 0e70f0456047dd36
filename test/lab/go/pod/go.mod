module kntop-lab/pod

go 1.26
